// Which tenant pays for a guest, and with what weight. The kernel's word about the peer decides; the
// guest's own word only chooses among what that allows.
import { GpuferryError } from "../model/errors.ts";
import type { PeerCredentials } from "../model/session.ts";
import type { Tenant } from "../model/tenant.ts";

export interface Wish {
  /** "": the first tenant whose rule matches. */
  readonly tenant: string;
  /** 0: the tenant's own weight. */
  readonly weight: number;
}

/** @throws GpuferryError GF_NOT_ALLOWED */
export function chooseTenant(
  tenants: readonly Tenant[],
  peer: PeerCredentials,
  wish: Wish,
): { tenant: Tenant; weight: number } {
  const allowed = tenants.filter((tenant) => matches(tenant, peer));
  const tenant =
    wish.tenant === "" ? allowed[0] : allowed.find((candidate) => candidate.name === wish.tenant);
  if (tenant === undefined) {
    const who = `uid ${peer.uid}, gid ${peer.gid}`;
    const what = wish.tenant === "" ? "any tenant" : `tenant ${JSON.stringify(wish.tenant)}`;
    throw new GpuferryError("GF_NOT_ALLOWED", `no rule lets ${who} use ${what} of this host`);
  }
  if (wish.weight > tenant.maxWeight) {
    throw new GpuferryError(
      "GF_NOT_ALLOWED",
      `weight ${wish.weight} is more than the ${tenant.maxWeight} that tenant ${JSON.stringify(tenant.name)} may ask for`,
    );
  }
  return { tenant, weight: wish.weight === 0 ? tenant.weight : wish.weight };
}

function matches(tenant: Tenant, peer: PeerCredentials): boolean {
  return tenant.uids.includes(peer.uid) || tenant.gids.includes(peer.gid);
}
