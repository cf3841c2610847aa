/** Guests in surroundings that an application or its user made: limits, an empty environment, closed descriptors. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import type { Readable } from "node:stream";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { build } from "../lib/build.ts";
import type { Program } from "../lib/manifest.ts";
import { EXECUTOR } from "../lib/paths.ts";
import { forwardedEnv, runProgram, verdictOf } from "../lib/run.ts";
import { type Server, startServer } from "../lib/server.ts";

const SURROUNDINGS: Program = {
  name: "surroundings",
  shows: "what programs do to themselves",
  sources: ["driver/surroundings.c"],
  flags: ["-lpthread"],
};
const DEVICE_UNAVAILABLE = 46;

let server: Server;
let program: string;

beforeAll(async () => {
  program = await build(SURROUNDINGS);
  server = await startServer();
});
afterAll(async () => {
  await server?.stop();
});

const guest = (args: string[], env: Record<string, string> = {}) =>
  runProgram(program, { ...forwardedEnv(server.host), ...env }, { args, timeoutMs: 20_000 });
/** The program in a shell that has set a limit for it. */
const limited = (limit: string) =>
  runProgram("/bin/sh", forwardedEnv(server.host), {
    args: ["-c", `${limit}; exec "$0"`, program],
    timeoutMs: 20_000,
  });

describe("an executor", () => {
  it("keeps no descriptor that its server inherited", async () => {
    const executor = spawn(EXECUTOR, ["--cuda-driver", "soft"], {
      stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"],
    });
    const [, , , control, inherited] = executor.stdio;
    try {
      const closed = once((inherited as Readable).resume(), "close");
      await once(control as Readable, "data"); // it is ready, and goes on
      await closed;
      expect(executor.exitCode).toBeNull();
    } finally {
      executor.kill("SIGKILL");
    }
  });
});

describe("a guest", () => {
  it.each(["clearenv", "mlockall"])("that does %s is served as any other", async (way) => {
    const outcome = await guest([way]);
    expect(verdictOf(outcome), `${outcome.stdout}${outcome.stderr}`).toBe("PASS");
  });

  it("that closes all descriptors is told so, and keeps its own files", async () => {
    const outcome = await guest(["closefrom", String(DEVICE_UNAVAILABLE)]);
    expect(verdictOf(outcome), `${outcome.stdout}${outcome.stderr}`).toBe("PASS");
    expect(outcome.stderr).toMatch(/^gpuferry: this process has closed the descriptors .*\n$/);
  });

  it("runs with few descriptors and little stack", async () => {
    const outcome = await limited("ulimit -n 8; ulimit -s 256");
    expect(verdictOf(outcome), `${outcome.stdout}${outcome.stderr}`).toBe("PASS");
  });

  it("without room for its session's descriptors is told which limit it is", async () => {
    const outcome = await limited("ulimit -n 4");
    expect(outcome.stdout).toContain("gave 802 ");
    expect(outcome.stderr).toMatch(/^gpuferry: .*ulimit -n.*\n$/);
  });

  it("without address space for the heap is told how much that takes", async () => {
    const outcome = await limited("ulimit -v 4000000");
    expect(outcome.stderr).toMatch(/^gpuferry: .* 16384 MiB .* 3906 MiB .*ulimit -v/);
  });

  it.each(["unix:", "unix:relative", "tcp://host:1"])(
    "whose GPUFERRY_HOST is %s is told that it is no address",
    async (host) => {
      const outcome = await guest([], { GPUFERRY_HOST: host });
      expect(outcome.stdout).toContain("gave 802 ");
      expect(outcome.stderr).toBe(
        `gpuferry: GPUFERRY_HOST=${host} is neither unix:/PATH nor an absolute path\n`,
      );
    },
  );
});
