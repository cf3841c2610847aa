/** Two guests on one device: GPU time by weight, memory by quota. */
import { afterEach, describe, expect, it } from "vitest";
import { Puppet } from "../lib/puppet.ts";
import { type Server, startServer } from "../lib/server.ts";

const OK = 0;
const OUT_OF_MEMORY = 2;
const MIB = 2 ** 20;

let server: Server | undefined;
afterEach(async () => {
  await server?.stop();
  server = undefined;
});

async function gpuNsOf(puppet: Puppet): Promise<number> {
  const sessions = (await server?.admin.sessions()) ?? [];
  return sessions.find((session) => session.pid === puppet.pid)?.usage.gpuNs ?? 0;
}

describe("GPU time", () => {
  it("goes 1:3 to weights 1 and 3, within 5 points over 10 s", async () => {
    server = await startServer(`
[[tenant]]
name = "everybody"
uids = [${process.getuid?.() ?? 0}]
weight = 1
max_weight = 4
`);
    const light = await Puppet.start(server, { GPUFERRY_WEIGHT: "1" });
    const heavy = await Puppet.start(server, { GPUFERRY_WEIGHT: "3" });
    for (const puppet of [light, heavy]) {
      expect((await puppet.tell("init")).code, puppet.stderr).toBe(OK);
      expect((await puppet.tell("busy 500 100000")).code).toBe(OK); // compiles, and settles
    }
    const before = [await gpuNsOf(light), await gpuNsOf(heavy)] as const;
    const [lightDone, heavyDone] = await Promise.all([
      light.tell("busy 10000 400000"),
      heavy.tell("busy 10000 400000"),
    ]);
    const after = [await gpuNsOf(light), await gpuNsOf(heavy)] as const;
    expect([lightDone.code, heavyDone.code]).toEqual([OK, OK]);
    const share = (one: number, other: number) => (100 * other) / (one + other);
    const charged = share(after[0] - before[0], after[1] - before[1]);
    expect(charged).toBeGreaterThan(70);
    expect(charged).toBeLessThan(80);
    // GPU time of the software device is time on processors, which others may take meanwhile: what was
    // done for it is only as fair as they are.
    expect(share(lightDone.count, heavyDone.count)).toBeGreaterThan(50);
    for (const puppet of [light, heavy]) {
      puppet.say("quit");
      await puppet.exited;
    }
  });
});

describe("memory", () => {
  it("ends at the session's quota, with the driver's own error", async () => {
    server = await startServer(`
[[tenant]]
name = "small"
uids = [${process.getuid?.() ?? 0}]
memory_quota = "64MiB"
`);
    const guest = await Puppet.start(server);
    expect((await guest.tell("init")).code, guest.stderr).toBe(OK);
    expect((await guest.tell(`alloc ${40 * MIB}`)).code).toBe(OK);
    expect((await guest.tell(`alloc ${40 * MIB}`)).code).toBe(OUT_OF_MEMORY);
    expect((await guest.tell(`alloc ${10 * MIB}`)).code).toBe(OK);
    expect((await guest.tell("busy 50 1000")).code).toBe(OK);
    guest.say("quit");
    await guest.exited;
  });
});

describe("devices", () => {
  const INVALID_DEVICE = 101;
  const three = { GPUFERRY_SOFTCUDA_DEVICES: "3" };

  async function busesSeen(toml: string, ordinals: readonly number[]) {
    server = await startServer(toml, three);
    const guest = await Puppet.start(server);
    expect((await guest.tell("init")).code, guest.stderr).toBe(OK);
    const seen: { code: number; count: number }[] = [];
    for (const ordinal of ordinals) seen.push(await guest.tell(`bus ${ordinal}`));
    guest.say("quit");
    await guest.exited;
    await server.stop();
    server = undefined;
    return seen;
  }

  it("are those of the tenant, in its order, and no others", async () => {
    const all = await busesSeen("", [0, 1, 2]);
    expect(new Set(all.map(({ count }) => count)).size).toBe(3);
    const some = await busesSeen(
      `
[[tenant]]
name = "some"
uids = [${process.getuid?.() ?? 0}]
devices = [2, 1]
`,
      [0, 1, 2],
    );
    expect(some.slice(0, 2).map(({ count }) => count)).toEqual([all[2]?.count, all[1]?.count]);
    expect(some[2]?.code).toBe(INVALID_DEVICE);
  });
});
