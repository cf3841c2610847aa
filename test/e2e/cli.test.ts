/** `gpuferry run`, `ps`, `devices` and `doctor` as their users meet them. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { build } from "../lib/build.ts";
import { programNamed } from "../lib/manifest.ts";
import { GPUFERRY, GPUFERRY_RUN } from "../lib/paths.ts";
import { Puppet } from "../lib/puppet.ts";
import { runProgram } from "../lib/run.ts";
import { type Server, startServer } from "../lib/server.ts";

/** As on a machine where no server runs: whatever would be found by default is elsewhere. */
const nowhere = mkdtempSync(path.join(tmpdir(), "gpuferry-nowhere-"));
const NO_SERVER = { XDG_RUNTIME_DIR: nowhere, GPUFERRY_HOST: "" };

afterAll(() => rmSync(nowhere, { recursive: true, force: true }));

const gpuferry = (args: string[], env: Record<string, string> = {}) =>
  runProgram(GPUFERRY, env, { args });

describe("gpuferry run", () => {
  let program: string;
  beforeAll(async () => {
    program = await build(programNamed("driver_vector_add"));
  });

  it("runs a program in a server of its own and adds nothing to its stdout", async () => {
    const outcome = await gpuferry(["run", "--server", "--", program], NO_SERVER);
    expect(outcome.stdout, outcome.stderr).toMatch(/every sum is exact\s+ok\nPASS\n$/);
    expect(outcome.exitCode).toBe(0);
  });

  it("passes exit codes, arguments and signals through", async () => {
    const shell = (script: string) =>
      gpuferry(["run", "--server", "--", "sh", "-c", script, "name", "an argument"]);
    expect((await shell("exit 41")).exitCode).toBe(41);
    expect((await shell('printf %s "$1"')).stdout).toBe("an argument");
    expect((await shell("kill -TERM $$")).exitCode).toBe(128 + 15);
  });

  it("says what it cannot find, with the shell's exit codes", async () => {
    const outcome = await gpuferry(["run", "--server", "--", "/no/such/program"]);
    expect(outcome.exitCode).toBe(127);
    expect(outcome.stderr).toContain("/no/such/program");
  });

  it("says in one line, not with a stack, what surroundings it cannot work in", async () => {
    const without = await gpuferry(["run", "--server", "--", program], { TMPDIR: "/no/such" });
    expect(without.exitCode).toBe(9);
    expect(without.stderr).toMatch(/^gpuferry: .*\/no\/such.*TMPDIR.*\n$/);
    const few = await runProgram("/bin/sh", NO_SERVER, {
      args: ["-c", 'ulimit -n 40; exec "$0" run --server -- true', GPUFERRY],
    });
    expect(few.exitCode).toBe(1);
    expect(few.stderr).toMatch(/^gpuferry: 40 files .*ulimit -n.*\n$/);
  });
  it("does not start a server in place of the one that was named", async () => {
    const outcome = await gpuferry(["run", "--host", "unix:/no/such.sock", "--", program]);
    expect(outcome.exitCode).toBe(4);
    expect(outcome.stderr).toContain("/no/such.sock");
  });
});

describe("a running server", () => {
  let server: Server;
  beforeAll(async () => {
    server = await startServer();
  });
  afterAll(async () => {
    await server?.stop();
  });
  const ask = (...args: string[]) => {
    const [command = "", ...rest] = args;
    const all = [command, "--socket", server.host, ...rest];
    return execFileSync(GPUFERRY, all, { encoding: "utf8" });
  };

  it("lists who uses it and what for", async () => {
    const puppet = await Puppet.start(server);
    expect((await puppet.tell("init")).code).toBe(0);
    expect((await puppet.tell("alloc 50000000")).code).toBe(0);
    expect((await puppet.tell("busy 300 200000")).code).toBe(0);
    await expect
      .poll(() => JSON.parse(ask("ps", "--json")), { timeout: 5000 })
      .toMatchObject([
        {
          pid: puppet.pid,
          program: expect.stringContaining("puppet"),
          state: "running",
          usage: { memoryBytes: expect.toSatisfy((bytes: number) => bytes >= 50_000_000) },
        },
      ]);
    const [session] = JSON.parse(ask("ps", "--json"));
    expect(session.usage.gpuNs).toBeGreaterThan(50e6);
    expect(session.usage.launches).toBeGreaterThan(0);
    expect(ask("ps")).toMatch(/ID +TENANT +PID +PROGRAM .*\n.*puppet/);
    puppet.say("quit");
    expect((await puppet.exited).code).toBe(0);
    await expect.poll(() => JSON.parse(ask("ps", "--json")), { timeout: 2000 }).toEqual([]);
  });

  it("starts what cannot be a guest, and says that it is none", async () => {
    const source = path.join(nowhere, "main.c");
    const program = path.join(nowhere, "static");
    writeFileSync(source, "int main(void) { return 3; }\n");
    execFileSync("gcc", ["-static", "-o", program, source]);
    for (const command of [[GPUFERRY, "run"], [GPUFERRY_RUN]]) {
      const [file = "", ...args] = command;
      const outcome = await runProgram(
        file,
        {},
        { args: [...args, "--host", server.host, "--", program] },
      );
      expect(outcome.exitCode).toBe(3);
      expect(outcome.stderr).toMatch(/^gpuferry(-run)?: .*static is statically linked.*\n$/);
    }
  });
  it("lists its devices", () => {
    const devices = JSON.parse(ask("devices", "--json"));
    expect(JSON.stringify(devices)).toMatch(/memoryBytes/);
  });
});

describe("gpuferry doctor", () => {
  it("looks at this machine and says so in both forms", async () => {
    const human = await gpuferry(["doctor"], NO_SERVER);
    const machine = await gpuferry(["doctor", "--json"], NO_SERVER);
    expect(human.stdout.length).toBeGreaterThan(0);
    expect(() => JSON.parse(machine.stdout)).not.toThrow();
  });
});
