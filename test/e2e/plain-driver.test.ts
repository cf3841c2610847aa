/**
 * A driver that hands nothing over by names of our own, as NVIDIA's does not: the software device without the symbols by
 * which an executor knows it. What kernels print is then written to the executor's stdout and stderr.
 */
import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { build } from "../lib/build.ts";
import { programNamed } from "../lib/manifest.ts";
import { SOFTCUDA, SOFTCUDA_DIR } from "../lib/paths.ts";
import { directEnv, forwardedEnv, runProgram } from "../lib/run.ts";
import { type Server, startServer } from "../lib/server.ts";
import { until } from "../lib/wait.ts";

let directory = "";
let server: Server;

beforeAll(async () => {
  directory = mkdtempSync(path.join(tmpdir(), "gpuferry-plain-"));
  // Under other names of the same length nobody finds them: the table of symbols is by their hashes.
  const bytes = readFileSync(SOFTCUDA);
  for (const [name, other] of [
    ["gpuferry_softcuda_set_printer", "nobody_asks_for_this_printer_"],
    ["gpuferry_softcuda_set_assert_printer", "nobody_asks_for_this_assert_printer_"],
  ] as const) {
    let found = 0;
    for (let at = bytes.indexOf(`\0${name}\0`); at >= 0; at = bytes.indexOf(`\0${name}\0`)) {
      bytes.write(other, at + 1, "latin1");
      found++;
    }
    expect(found, name).toBeGreaterThan(0);
    expect(other.length).toBe(name.length);
  }
  writeFileSync(path.join(directory, "libcuda.so.1"), bytes, { mode: 0o755 });
  for (const name of readdirSync(SOFTCUDA_DIR).filter((file) => file !== "libcuda.so.1"))
    symlinkSync(path.join(SOFTCUDA_DIR, name), path.join(directory, name));
  server = await startServer("", {}, path.join(directory, "libcuda.so.1"));
}, 60_000);

afterAll(async () => {
  await server?.stop();
  rmSync(directory, { recursive: true, force: true });
});

const direct = async (name: string) =>
  runProgram(await build(programNamed(name)), directEnv(), { timeoutMs: 120_000 });
const forwarded = async (name: string) =>
  runProgram(await build(programNamed(name)), forwardedEnv(server.host), { timeoutMs: 120_000 });

describe("on a driver that is not ours", () => {
  test.each(["simple_printf", "printf_and_copies"])(
    "what kernels print comes where the program's own text is, and as soon: %s",
    async (name) => {
      const [straight, guest] = [await direct(name), await forwarded(name)];
      expect(straight.stdout.length).toBeGreaterThan(100);
      expect(guest.stdout).toBe(straight.stdout);
      expect(guest.exitCode).toBe(0);
    },
    300_000,
  );

  test("a failed assertion is on the guest's stderr", async () => {
    const [straight, guest] = [await direct("simple_assert"), await forwarded("simple_assert")];
    expect(straight.stderr).toContain("Assertion `");
    expect(guest.stderr).toBe(straight.stderr);
    expect(guest.stdout).toBe(straight.stdout);
  }, 300_000);

  test("variables that both sides use hold what the other wrote", async () => {
    const guest = await forwarded("managed_variables");
    expect(guest.stdout).toContain("PASS");
    expect(guest.exitCode, guest.stderr).toBe(0);
  }, 300_000);

  test("its addresses lie where a guest has nothing", async (context) => {
    const executor = (await until("there is an executor", () => executors()[0], 20_000))!;
    const layout = Number.parseInt(readFileSync(`/proc/${executor}/personality`, "utf8"), 16);
    const limits = readFileSync(`/proc/${executor}/limits`, "utf8");
    if ((layout & ADDR_COMPAT_LAYOUT) === 0 && !/^Max stack size +unlimited/m.test(limits))
      context.skip("neither personality nor stack limit can be changed here");
    if (libraryAddress(process.pid) < TOP_DOWN_FROM)
      context.skip("this machine gives every process the layout that executors ask for");
    const terabytes = 2 ** 40;
    const between = Math.abs(libraryAddress(executor) - libraryAddress(process.pid));
    expect(between / terabytes).toBeGreaterThan(4);
  });
});

const ADDR_COMPAT_LAYOUT = 0x0200000;

/** Libraries lie within 16 TiB of the top of 128 TiB, or from a third of them on where addresses are given bottom-up. */
const TOP_DOWN_FROM = 96 * 2 ** 40;

/** The server's children that have loaded their driver. */
function executors(): number[] {
  const { pid } = server.process;
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").match(/\d+/g) ?? [];
  return children.map(Number).filter(hasLoaded);
}

function hasLoaded(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/maps`, "utf8").includes("libcuda.so.1");
  } catch {
    return false; // it has just ended
  }
}

/** Where the C library lies, beside what else the kernel found a place for. */
function libraryAddress(pid: number): number {
  const maps = readFileSync(`/proc/${pid}/maps`, "utf8");
  return Number.parseInt(/^([0-9a-f]+)-.*\/libc[.-].*$/m.exec(maps)?.[1] ?? "", 16);
}
