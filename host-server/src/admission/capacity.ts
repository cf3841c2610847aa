// Whether there is room for one more session.
import { GpuferryError } from "../model/errors.ts";
import type { Tenant } from "../model/tenant.ts";

export interface Occupancy {
  /** Sessions that are neither refused nor reaped, without the one that asks. */
  readonly host: number;
  readonly tenant: number;
  readonly draining: boolean;
}

/** @throws GpuferryError GF_NO_CAPACITY */
export function requireCapacity(tenant: Tenant, hostMaxSessions: number, now: Occupancy): void {
  if (now.draining) {
    throw new GpuferryError("GF_NO_CAPACITY", "this host is draining and takes no new sessions");
  }
  if (now.host >= hostMaxSessions) {
    throw new GpuferryError(
      "GF_NO_CAPACITY",
      `this host already serves its ${hostMaxSessions} sessions`,
    );
  }
  if (now.tenant >= tenant.maxSessions) {
    throw new GpuferryError(
      "GF_NO_CAPACITY",
      `tenant ${JSON.stringify(tenant.name)} already has its ${tenant.maxSessions} sessions`,
    );
  }
}
