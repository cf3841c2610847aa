import { expect, test } from "vitest";
import type { Device } from "../model/device.ts";
import type { Tenant } from "../model/tenant.ts";
import { memoryQuotaBytes } from "./memory.ts";

const device = (memoryBytes: number) => ({ memoryBytes }) as Device;
const tenant = (memoryQuotaBytes: number) => ({ memoryQuotaBytes }) as Tenant;

test.each([
  [100, [80, 80], 100],
  [160, [80, 80], Number.POSITIVE_INFINITY],
  [Number.POSITIVE_INFINITY, [80], Number.POSITIVE_INFINITY],
])("a quota of %d on devices of %j is %d", (quota, sizes, expected) =>
  expect(memoryQuotaBytes(tenant(quota), sizes.map(device))).toBe(expected),
);
