/** Guests that draw, beside guests that compute; and what ends badly ends alone. */
import { spawnSync } from "node:child_process";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { build } from "../lib/build.ts";
import { type Display, startDisplay } from "../lib/display.ts";
import { GlGuest } from "../lib/gl-guest.ts";
import { DRIVER_CRASH, LOST_CONTEXT } from "../lib/gl-manifest.ts";
import { Puppet } from "../lib/puppet.ts";
import { type Server, startServer } from "../lib/server.ts";
import { alive, until } from "../lib/wait.ts";
import { windowsOf } from "../lib/watch.ts";

const OK = 0;
/** Within which nothing of an ended session is left. */
const GONE_MS = 2000;
/** Within which a guest learns that its executor has died. */
const TOLD_MS = 20_000;
const DRAW_MS = 30_000;

let server: Server;
let display: Display;
const started: { kill(): void }[] = [];
beforeEach(async () => {
  display = await startDisplay();
  server = await startServer();
});
afterEach(async () => {
  for (const guest of started.splice(0)) guest.kill();
  await server?.stop();
  await display?.stop();
});

async function drawing(): Promise<GlGuest> {
  const guest = await GlGuest.start(server, display.name);
  started.push(guest);
  await guest.draws(20, DRAW_MS);
  return guest;
}

async function executorOf(pid: number): Promise<number | undefined> {
  const sessions = await server.admin.sessions();
  return sessions.find((session) => session.pid === pid)?.executorPid;
}

describe("a guest that draws and one that computes", () => {
  it("do so at once on one server, each in a session of its own", async () => {
    const drawer = await drawing();
    const puppet = await Puppet.start(server);
    started.push(puppet);
    expect((await puppet.tell("init")).code, puppet.stderr).toBe(OK);
    const [busy] = await Promise.all([puppet.tell("busy 1500 10000"), drawer.draws(20, DRAW_MS)]);
    expect(busy.code).toBe(OK);
    expect(busy.count).toBeGreaterThan(0);
    expect((await server.admin.sessions()).map(({ pid }) => pid).sort()).toEqual(
      [drawer.pid, puppet.pid].sort(),
    );
    puppet.say("quit");
    await puppet.exited;
    await drawer.draws(20, DRAW_MS);
  });
});

describe("a guest killed with -9 while it draws", () => {
  it("leaves neither session nor executor nor window behind, and the other unharmed", async () => {
    const other = await drawing();
    const victim = await drawing();
    expect(await windowsOf(display.name)).toHaveLength(2);
    const executor = (await executorOf(victim.pid)) ?? 0;
    expect(alive(executor)).toBe(true);
    victim.kill("SIGKILL");
    const reaped = async () => (await executorOf(victim.pid)) === undefined;
    await until("its session is reaped", reaped, GONE_MS);
    await until("its executor is gone", () => !alive(executor), GONE_MS);
    const windows = async () => (await windowsOf(display.name)).length === 1;
    await until("its window is gone", windows, GONE_MS);
    await other.draws(20, DRAW_MS);
  });
});

describe("an executor killed with -9 while its guest draws", () => {
  it("ends the guest, which could not be told, and harms no other", async () => {
    const other = await drawing();
    const victim = await drawing();
    process.kill((await executorOf(victim.pid)) ?? 0, "SIGKILL");
    let ended = false;
    void victim.exited.then(() => {
      ended = true;
    });
    await until("the guest ends", () => ended, TOLD_MS);
    expect(await victim.exited).toEqual({ code: 1, signal: null });
    expect(victim.stderr).toContain("the executor of this session is gone");
    expect(victim.stderr).toContain("context is lost");
    await other.draws(20, DRAW_MS);
  });

  it("is told to a context that wants to know", async () => {
    const guest = await GlGuest.start(server, display.name, LOST_CONTEXT);
    started.push(guest);
    await until("it draws", () => guest.stdout.includes("ready"), DRAW_MS);
    process.kill((await executorOf(guest.pid)) ?? 0, "SIGKILL");
    await until("it is told", () => /PASS|FAIL/.test(guest.stdout), TOLD_MS);
    expect(guest.stdout).toContain("PASS");
    expect(await guest.exited).toEqual({ code: 0, signal: null });
  });
});

describe("a call that the host's driver does not survive", () => {
  it("ends its own session, and harms no other", async () => {
    const direct = spawnSync(await build(DRIVER_CRASH), {
      env: { ...process.env, DISPLAY: display.name },
      encoding: "utf8",
    });
    const other = await drawing();
    const victim = await GlGuest.start(server, display.name, DRIVER_CRASH);
    started.push(victim);
    let ended = false;
    void victim.exited.then(() => {
      ended = true;
    });
    await until("the guest ends", () => ended, TOLD_MS);
    if (direct.signal === null) {
      expect(victim.stdout).toBe(direct.stdout); // a driver that knows better
    } else {
      expect(await victim.exited).toEqual({ code: 1, signal: null });
      expect(victim.stderr).toContain("the executor of this session is gone");
    }
    await other.draws(20, DRAW_MS);
  });
});
