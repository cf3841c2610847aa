// Which of the host's devices a tenant's session sees.
import type { Device } from "../model/device.ts";
import { GpuferryError } from "../model/errors.ts";
import type { Tenant } from "../model/tenant.ts";

/** Ordinals, in the order in which the session numbers them. @throws GpuferryError GF_NO_DEVICE */
export function devicesFor(tenant: Tenant, devices: readonly Device[]): number[] {
  const all = devices.map((device) => device.ordinal);
  const seen = tenant.devices?.filter((ordinal) => all.includes(ordinal)) ?? all;
  if (seen.length === 0) {
    throw new GpuferryError(
      "GF_NO_DEVICE",
      `tenant ${JSON.stringify(tenant.name)} may use devices [${tenant.devices?.join(", ") ?? "all"}], this host has [${all.join(", ")}]`,
    );
  }
  return seen;
}
