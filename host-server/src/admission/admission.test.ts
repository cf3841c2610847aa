import { describe, expect, test } from "vitest";
import type { Device } from "../model/device.ts";
import type { Tenant } from "../model/tenant.ts";
import { requireCapacity } from "./capacity.ts";
import { devicesFor } from "./devices.ts";
import { chooseTenant } from "./tenants.ts";

const tenant = (name: string, over: Partial<Tenant> = {}): Tenant => ({
  name,
  uids: [],
  gids: [],
  weight: 1,
  maxWeight: 8,
  memoryQuotaBytes: Number.POSITIVE_INFINITY,
  maxSessions: 2,
  devices: undefined,
  ...over,
});

const peer = { pid: 9, uid: 1000, gid: 100 };
const nothing = { tenant: "", weight: 0 };

describe("the tenant", () => {
  const red = tenant("red", { uids: [1000], weight: 3 });
  const blue = tenant("blue", { gids: [100] });
  const other = tenant("other", { uids: [0] });

  test("is the first whose rule matches, with its weight", () => {
    expect(chooseTenant([other, red, blue], peer, nothing)).toEqual({ tenant: red, weight: 3 });
  });

  test("is the one asked for where its rule matches, by gid too", () => {
    expect(chooseTenant([red, blue], peer, { tenant: "blue", weight: 2 })).toEqual({
      tenant: blue,
      weight: 2,
    });
  });

  test("is never one whose rule does not match", () => {
    expect(() => chooseTenant([red, other], peer, { tenant: "other", weight: 0 })).toThrow(
      /uid 1000, gid 100 use tenant "other"/,
    );
    expect(() => chooseTenant([other], peer, nothing)).toThrow(/any tenant/);
  });

  test("bounds the weight", () => {
    expect(() => chooseTenant([red], peer, { tenant: "", weight: 9 })).toThrow(/weight 9 .* 8/);
  });
});

describe("capacity", () => {
  const red = tenant("red");
  test("has room below both limits", () => {
    requireCapacity(red, 3, { host: 2, tenant: 1, draining: false });
  });
  test.each([
    [{ host: 3, tenant: 0, draining: false }, /its 3 sessions/],
    [{ host: 2, tenant: 2, draining: false }, /"red" already has its 2/],
    [{ host: 0, tenant: 0, draining: true }, /draining/],
  ])("refuses %j", (now, error) => expect(() => requireCapacity(red, 3, now)).toThrow(error));
});

describe("devices", () => {
  const devices = [0, 1, 2].map((ordinal) => ({ ordinal }) as Device);
  test("are all of them, or those listed that exist, in the order listed", () => {
    expect(devicesFor(tenant("a"), devices)).toEqual([0, 1, 2]);
    expect(devicesFor(tenant("a", { devices: [2, 7, 0] }), devices)).toEqual([2, 0]);
  });
  test("none is an error that names both sides", () => {
    expect(() => devicesFor(tenant("a", { devices: [7] }), devices)).toThrow(/\[7\].*\[0, 1, 2\]/);
  });
});
