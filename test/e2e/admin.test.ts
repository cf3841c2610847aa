/** What an administrator does to a running server, and what guests notice of it. */
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { GPUFERRY } from "../lib/paths.ts";
import { Puppet } from "../lib/puppet.ts";
import { type Server, startServer } from "../lib/server.ts";
import { alive, running, until } from "../lib/wait.ts";

const OK = 0;
const DEVICE_UNAVAILABLE = 46;
const NOT_PERMITTED = 800;

let server: Server;
beforeEach(async () => {
  server = await startServer();
});
afterEach(async () => {
  await server?.stop();
});

const gpuferry = (...args: string[]) =>
  execFileSync(GPUFERRY, [...args, "--socket", server.host], { encoding: "utf8" });

async function guest(): Promise<Puppet> {
  const puppet = await Puppet.start(server);
  expect((await puppet.tell("init")).code, puppet.stderr).toBe(OK);
  return puppet;
}

describe("gpuferry end", () => {
  it("ends one session, whose guest hears why and lives on", async () => {
    const [victim, other] = [await guest(), await guest()];
    const [session] = await server.admin.sessions();
    expect(session?.pid).toBe(victim.pid);
    gpuferry("end", String(session?.id));
    expect((await victim.tell("sync")).code).toBe(DEVICE_UNAVAILABLE);
    expect((await victim.tell("alloc 100")).code).toBe(DEVICE_UNAVAILABLE);
    expect(victim.stderr).toContain("admin");
    expect(alive(session?.executorPid ?? 0)).toBe(false);
    expect((await other.tell("alloc 100")).code).toBe(OK);
    for (const puppet of [victim, other]) {
      puppet.say("quit");
      expect((await puppet.exited).code).toBe(0);
    }
  });
});

describe("gpuferry drain", () => {
  it("turns new guests away, keeps those that are there, and can be undone", async () => {
    const first = await guest();
    gpuferry("drain");
    const refused = await Puppet.start(server);
    expect((await refused.tell("init")).code).toBe(NOT_PERMITTED);
    expect(refused.stderr).toContain("draining");
    expect((await first.tell("alloc 100")).code).toBe(OK);
    gpuferry("drain", "--undo");
    const second = await guest();
    for (const puppet of [first, refused, second]) {
      puppet.say("quit");
      await puppet.exited;
    }
  });
});

describe("a server that is killed with -9", () => {
  it("leaves no executor behind, and a socket that the next server takes over", async () => {
    const first = await guest();
    const [session] = await server.admin.sessions();
    server.process.kill("SIGKILL");
    await until("its executor is gone", () => !running(session?.executorPid ?? 0), 1000);
    first.say("quit");
    await first.exited;
    const next = spawn(GPUFERRY, ["serve", "--socket", server.host, "--cuda-driver", "soft"], {
      stdio: "ignore",
    });
    const ended = once(next, "exit");
    await until("the next server answers", () => sessionsOf(server.host) === "[]\n", 10_000);
    const second = await guest();
    second.say("quit");
    await second.exited;
    next.kill("SIGTERM");
    expect(await ended).toEqual([0, null]);
  });
});

/** As JSON; undefined while no server answers. */
function sessionsOf(host: string): string | undefined {
  try {
    const args = ["ps", "--json", "--socket", host];
    return execFileSync(GPUFERRY, args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
  } catch {
    return undefined;
  }
}
