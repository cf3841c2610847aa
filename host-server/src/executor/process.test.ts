import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { PROTOCOL_HASH } from "../../../protocol/generated/ts/cuda.ts";
import { findLayout } from "../config/layout.ts";
import type { Logger } from "../model/log.ts";
import { loadNative, type Native } from "./native.ts";
import { ExecutorPool } from "./pool.ts";
import { ExecutorProcess, libraryPath } from "./process.ts";

const double = join(dirname(fileURLToPath(import.meta.url)), "testing/executor-double.mjs");

class RecordingLog implements Logger {
  readonly lines: string[] = [];
  readonly #note = (...args: unknown[]) => {
    this.lines.push(String(args.at(-1)));
  };
  trace = this.#note;
  debug = this.#note;
  info = this.#note;
  warn = this.#note;
  error = this.#note;
  fatal = this.#note;
  child(): Logger {
    return this;
  }
}

let native: Native;
const started: ExecutorProcess[] = [];

beforeAll(() => {
  native = loadNative(findLayout().addon);
});

beforeEach(() => {
  vi.stubEnv("GPUFERRY_DOUBLE_PROTOCOL", PROTOCOL_HASH.toString(16).padStart(16, "0"));
});

afterEach(async () => {
  vi.unstubAllEnvs();
  for (const executor of started.splice(0)) {
    executor.kill();
    await executor.ended;
  }
});

function start(mode: string, log = new RecordingLog(), path = double): ExecutorProcess {
  vi.stubEnv("GPUFERRY_DOUBLE", mode);
  vi.stubEnv("LD_PRELOAD", "");
  const options = { path, cudaDriver: "soft", startTimeoutMs: mode === "silent" ? 200 : 5000 };
  const executor = new ExecutorProcess(native, options, log);
  started.push(executor);
  return executor;
}

test("an executor finds the host's libraries where the server would, and never a guest's", () => {
  const guests = dirname(findLayout().shim);
  expect(libraryPath(`/usr/local/nvidia/lib64:${guests}::/opt/lib`)).toEqual({
    LD_LIBRARY_PATH: "/usr/local/nvidia/lib64:/opt/lib",
  });
  expect(libraryPath(guests)).toEqual({});
  expect(libraryPath(undefined)).toEqual({});
});

/** A zombie, whom nobody may have waited for yet, is not. */
function alive(pid: number): boolean {
  const stat = `/proc/${pid}/stat`;
  return existsSync(stat) && !/\) Z /.test(readFileSync(stat, "utf8"));
}

describe("an executor", () => {
  test("reports its devices, logs through the server, and goes when asked", async () => {
    const log = new RecordingLog();
    const executor = start("serve", log);
    const backend = await executor.ready;
    expect(backend).toMatchObject({ driverKind: "soft", devices: [{ name: "double" }] });
    executor.end("test");
    expect((await executor.ended).reason).toBe("revoked");
    expect(alive(executor.pid)).toBe(false);
    expect(log.lines).toContain("double started");
    expect(log.lines).toContain("heard end");
  });

  test.each([
    ["fail", /no libcuda\.so\.1 in the double/],
    ["stale", /protocol 0{16}, the server of [0-9a-f]{16}: run/],
    ["silent", /not ready after 200 ms/],
    ["garbage", /a message of 4294967295 bytes/],
  ])("that does %s is not ready, and says why", async (mode, error) => {
    const executor = start(mode);
    await expect(executor.ready).rejects.toThrow(error);
    await executor.ended;
    expect(alive(executor.pid)).toBe(false);
  });

  test("that does not exist is named", async () => {
    const executor = start("serve", new RecordingLog(), "/nowhere/executor");
    await expect(executor.ready).rejects.toThrow(/\/nowhere\/executor.*ENOENT/);
  });

  test("that is killed counts as a fault", async () => {
    const executor = start("serve");
    await executor.ready;
    process.kill(executor.pid, "SIGKILL");
    expect(await executor.ended).toEqual({ reason: "fault", detail: "signal SIGKILL" });
  });

  test("that will not go is killed within a second", async () => {
    const executor = start("stubborn");
    await executor.ready;
    const before = Date.now();
    executor.end("test");
    await executor.ended;
    expect(Date.now() - before).toBeLessThan(1000);
  });

  test("ends with its server, even one that is killed", async () => {
    const script = `
      import { ExecutorProcess } from ${JSON.stringify(join(dirname(double), "../process.ts"))};
      import { loadNative } from ${JSON.stringify(join(dirname(double), "../native.ts"))};
      const log = new Proxy({}, { get: (_, name) => name === "child" ? () => log : () => {} });
      const options = { path: ${JSON.stringify(double)}, cudaDriver: "soft", startTimeoutMs: 5000 };
      const executor = new ExecutorProcess(loadNative(${JSON.stringify(findLayout().addon)}), options, log);
      await executor.ready;
      process.stdout.write(String(executor.pid), () => process.kill(process.pid, "SIGKILL"));
    `;
    let pid = 0;
    try {
      execFileSync(process.execPath, ["--import", "tsx", "--input-type=module", "-e", script]);
    } catch (thrown) {
      pid = Number((thrown as { stdout: Buffer }).stdout.toString());
    }
    expect(pid).toBeGreaterThan(0);
    await vi.waitFor(() => expect(alive(pid)).toBe(false), { timeout: 1000 });
  });
});

describe("a pool", () => {
  test("keeps spares, hands them out, and replaces them", async () => {
    const pool = new ExecutorPool(
      () => start("serve"),
      { spares: 1, refillMs: 50, retryMs: 50 },
      new RecordingLog(),
    );
    pool.fill();
    expect(pool.spareCount).toBe(1);
    const taken = pool.take();
    expect(pool.spareCount).toBe(0);
    const { executor, backend } = await taken;
    expect(backend.devices).toHaveLength(1);
    await vi.waitFor(() => expect(pool.spareCount).toBe(1));
    executor.end("test");
    await pool.close();
    expect(started.every(({ pid }) => !alive(pid))).toBe(true);
  });

  test("gives away a spare only once it is ready, for who has another way", async () => {
    let announce = () => {};
    const launched = new Promise<void>((resolve) => {
      announce = resolve;
    });
    const pool = new ExecutorPool(
      () => {
        announce();
        return start("serve");
      },
      { spares: 1, refillMs: 10, retryMs: 50 },
      new RecordingLog(),
    );
    expect(pool.takeReady()).toBeUndefined(); // and from now on there are to be some
    await launched; // no message of the process can have been read before this goes on
    expect(pool.spareCount).toBe(1);
    expect(pool.takeReady()).toBeUndefined();
    await started[0]?.ready;
    const taken = pool.takeReady();
    expect(taken?.pid).toBe(started[0]?.pid);
    taken?.end("test");
    await pool.close();
  });

  test("replaces a spare that died, but not at once", async () => {
    const pool = new ExecutorPool(
      () => start("serve"),
      { spares: 1, refillMs: 50, retryMs: 50 },
      new RecordingLog(),
    );
    pool.fill();
    await pool.probe();
    process.kill(started[0]?.pid ?? 0, "SIGKILL");
    await vi.waitFor(() => expect(started).toHaveLength(2));
    await started[1]?.ready;
    expect(pool.spareCount).toBe(1);
    await pool.close();
  });

  test("says why no executor comes up, and logs it once", async () => {
    const log = new RecordingLog();
    const pool = new ExecutorPool(
      () => start("fail"),
      { spares: 1, refillMs: 20, retryMs: 20 },
      log,
    );
    pool.fill();
    await expect(pool.take()).rejects.toThrow(/no libcuda/);
    await vi.waitFor(() => expect(started.length).toBeGreaterThan(2), { timeout: 5000 });
    expect(pool.lastFailure).toMatch(/no libcuda/);
    expect(log.lines.filter((line) => line === "an executor did not start")).toHaveLength(1);
    await pool.close();
    await expect(pool.take()).rejects.toThrow(/stopping/);
  });
});
