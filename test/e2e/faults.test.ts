/** What ends badly ends alone: a guest, an executor, a server; and nothing of it stays behind. */
import { readdirSync, readlinkSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { build } from "../lib/build.ts";
import { programNamed } from "../lib/manifest.ts";
import { Puppet } from "../lib/puppet.ts";
import { forwardedEnv, runProgram } from "../lib/run.ts";
import { type Server, startServer } from "../lib/server.ts";
import { alive, until } from "../lib/wait.ts";

const OK = 0;
const SYSTEM_NOT_READY = 802;
const NOT_PERMITTED = 800;
const ILLEGAL_ADDRESS = 700;
/** Within which nothing of an ended session is left. */
const GONE_MS = 1000;
/** Within which a guest learns that its server or executor has died. */
const TOLD_MS = 2000;

let server: Server;
beforeEach(async () => {
  server = await startServer();
});
afterEach(async () => {
  await server?.stop();
});

/** The shared memory that the server holds for its sessions. */
function memfdsOfServer(): number {
  const directory = `/proc/${server.process.pid}/fd`;
  return readdirSync(directory).filter((fd) => {
    try {
      return readlinkSync(`${directory}/${fd}`).startsWith("/memfd:");
    } catch {
      return false; // closed since the listing
    }
  }).length;
}

async function sessionOf(puppet: Puppet) {
  const sessions = await server.admin.sessions();
  return sessions.find((session) => session.pid === puppet.pid);
}

/** A guest with work in flight. */
async function working(): Promise<Puppet> {
  const puppet = await Puppet.start(server);
  expect((await puppet.tell("init")).code, puppet.stderr).toBe(OK);
  expect((await puppet.tell("alloc 1000000")).code).toBe(OK);
  expect((await puppet.tell("launch 1000 10")).code).toBe(OK);
  expect((await puppet.tell("sync")).code).toBe(OK);
  return puppet;
}

describe("a guest killed with -9", () => {
  it("leaves nothing behind, and the other unharmed", async () => {
    const other = await working();
    const memfds = memfdsOfServer();
    const victim = await working();
    const executorPid = (await sessionOf(victim))?.executorPid ?? 0;
    expect(alive(executorPid)).toBe(true);
    await victim.tell("launch 100000000 4");
    victim.kill("SIGKILL");
    await until(
      "its session is reaped",
      async () => (await sessionOf(victim)) === undefined,
      GONE_MS,
    );
    await until("its executor is gone", () => !alive(executorPid), GONE_MS);
    // A spare executor may have come up meanwhile; it holds no session's memory.
    await until("its memory is given back", () => memfdsOfServer() <= memfds, GONE_MS);
    expect((await other.tell("busy 100 1000")).code).toBe(OK);
    other.say("quit");
    await other.exited;
  });
});

describe("an executor killed with -9", () => {
  it("gives its guest a sticky error and harms no other", async () => {
    const other = await working();
    const victim = await working();
    const executorPid = (await sessionOf(victim))?.executorPid ?? 0;
    process.kill(executorPid, "SIGKILL");
    const started = performance.now();
    const { code } = await victim.tell("sync");
    expect(performance.now() - started).toBeLessThan(TOLD_MS);
    expect(code).not.toBe(OK);
    expect((await victim.tell("alloc 100")).code).toBe(code);
    expect((await victim.tell("sync")).code).toBe(code);
    expect((await other.tell("busy 100 1000")).code).toBe(OK);
    await until(
      "its session is reaped",
      async () => (await sessionOf(victim)) === undefined,
      GONE_MS,
    );
    victim.say("quit");
    other.say("quit");
    expect((await victim.exited).code).toBe(0);
    expect((await other.exited).code).toBe(0);
  });
});

describe("a kernel that breaks its context", () => {
  it("breaks it for its own session alone", async () => {
    const other = await working();
    const wild = await working();
    expect((await wild.tell("wild")).code).toBe(OK);
    expect((await wild.tell("sync")).code).toBe(ILLEGAL_ADDRESS);
    expect((await wild.tell("alloc 100")).code).toBe(ILLEGAL_ADDRESS);
    expect((await other.tell("busy 100 1000")).code).toBe(OK);
    wild.say("quit");
    other.say("quit");
    expect((await wild.exited).code).toBe(0);
    expect((await other.exited).code).toBe(0);
  });
});

describe("a server that dies", () => {
  it("gives its guests a sticky error within two seconds", async () => {
    const guest = await working();
    server.process.kill("SIGKILL");
    const started = performance.now();
    const failed = async () => {
      const { code } = await guest.tell("sync");
      return code !== OK && code;
    };
    const code = await until("an error", failed, TOLD_MS);
    expect(performance.now() - started).toBeLessThan(TOLD_MS);
    expect((await guest.tell("alloc 100")).code).toBe(code);
    guest.say("quit");
    expect((await guest.exited).code).toBe(0);
  });
});

describe("no server at all", () => {
  it("is a documented error and one line on stderr, never a hang", async () => {
    const executable = await build(programNamed("driver_vector_add"));
    const outcome = await runProgram(executable, forwardedEnv("unix:/no/such/host.sock"), {
      timeoutMs: 10_000,
    });
    expect(outcome.signal).toBeNull();
    expect(outcome.stdout).toContain(`gave ${SYSTEM_NOT_READY} `);
    expect(outcome.stderr.trimEnd().split("\n")).toHaveLength(1);
    expect(outcome.stderr).toContain("gpuferry serve");
  });
});

describe("a weight that is none", () => {
  it.each(["heavy", "-1", "0", "3x", "99999999999"])("%s is refused by name", async (weight) => {
    const executable = await build(programNamed("driver_vector_add"));
    const outcome = await runProgram(
      executable,
      { ...forwardedEnv(server.host), GPUFERRY_WEIGHT: weight },
      { timeoutMs: 10_000 },
    );
    expect(outcome.stdout).toContain(`gave ${NOT_PERMITTED} `);
    expect(outcome.stderr).toContain(`GPUFERRY_WEIGHT=${weight} `);
  });
});
