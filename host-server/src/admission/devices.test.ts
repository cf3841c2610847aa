import { describe, expect, test } from "vitest";
import type { Device } from "../model/device.ts";
import { areAll, visibleDevices } from "./devices.ts";

const device = (ordinal: number): Device => ({
  ordinal,
  name: "",
  uuid: "",
  memoryBytes: 0,
  computeMajor: 8,
  computeMinor: 9,
  pciBusId: "",
});

describe("an executor's devices", () => {
  test("are named in the tenant's order", () => {
    expect(visibleDevices([2, 0], undefined)).toBe("2,0");
  });
  test("count within what the server itself may see", () => {
    expect(visibleDevices([1, 0], "4, GPU-b2c3")).toBe("GPU-b2c3,4");
  });
  test("are all of the host's only in its order", () => {
    const host = [device(0), device(1)];
    expect(areAll([0, 1], host)).toBe(true);
    expect(areAll([1, 0], host)).toBe(false);
    expect(areAll([0], host)).toBe(false);
  });
});
