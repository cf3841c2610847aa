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

/**
 * What CUDA_VISIBLE_DEVICES must say for an executor that is to have `devices` and no others: then every
 * ordinal that a guest sends, in whatever argument or structure, means a device of its own.
 * `hostList` is the server's own CUDA_VISIBLE_DEVICES, which the ordinals count in.
 */
export function visibleDevices(devices: readonly number[], hostList: string | undefined): string {
  const host = hostList?.split(",").map((entry) => entry.trim());
  return devices.map((ordinal) => host?.[ordinal] ?? String(ordinal)).join(",");
}

/** Whether `devices` are all that the host has, in its order. */
export function areAll(devices: readonly number[], all: readonly Device[]): boolean {
  return (
    devices.length === all.length && devices.every((ordinal, i) => all[i]?.ordinal === ordinal)
  );
}
