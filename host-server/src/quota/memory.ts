// How much device memory a session may hold. The executor enforces it, with the driver's own
// CUDA_ERROR_OUT_OF_MEMORY; here it is only decided.
import type { Device } from "../model/device.ts";
import type { Tenant } from "../model/tenant.ts";

/** Bytes; Infinity where the tenant has no quota or one that its devices could not reach anyway. */
export function memoryQuotaBytes(tenant: Tenant, devices: readonly Device[]): number {
  const installed = devices.reduce((sum, device) => sum + device.memoryBytes, 0);
  return tenant.memoryQuotaBytes >= installed ? Number.POSITIVE_INFINITY : tenant.memoryQuotaBytes;
}
