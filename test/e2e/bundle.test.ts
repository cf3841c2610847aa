/**
 * The bundle as an admin has it: unpacked somewhere else, nothing of this checkout in reach, no Node on PATH. And the
 * guest's archive, by itself, against that server.
 */
import { execFileSync, spawn } from "node:child_process";
import {
  chmodSync,
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ROOT } from "../lib/paths.ts";
import { type Outcome, runProgram } from "../lib/run.ts";
import { until } from "../lib/wait.ts";

let directory = "";
let host = "";
let guest = "";
const sizes = new Map<string, number>();

/** What the bundle's scripts, X and the demos want of a machine. No Node, no compiler, no Python. */
const TOOLS = ["sh", "env", "dirname", "readlink", "sed", "uname", "Xvfb", "glxgears"];
const ELSEWHERE = ["/usr/bin", "/bin"];

/** As little as a machine can have. */
const bare = { HOME: "/nonexistent", PATH: "" };

function run(
  file: string,
  args: readonly string[],
  env: Record<string, string> = {},
  as: readonly string[] = [],
) {
  return runProgram(
    as[0] ?? "/usr/bin/env",
    {},
    {
      args: [
        ...as.slice(1),
        ...(as.length > 0 ? ["/usr/bin/env"] : []),
        "-i",
        ...Object.entries({ ...bare, ...cache(), ...env }).map(([k, v]) => `${k}=${v}`),
        file,
        ...args,
      ],
      timeoutMs: 120_000,
    },
  );
}

/** The device's compiled kernels: these tests need not compile them anew. */
const cache = () => ({ GPUFERRY_CACHE_DIR: path.join(directory, "cache") });

const passed = (outcome: Outcome) => {
  expect(outcome.stderr).toBe("");
  expect(outcome.stdout.trimEnd().split("\n").at(-1)).toBe("PASS");
  expect(outcome.exitCode).toBe(0);
};

function isElf(file: string): boolean {
  const start = Buffer.alloc(4);
  const fd = openSync(file, "r");
  readSync(fd, start, 0, start.length, 0);
  closeSync(fd);
  return start.equals(Buffer.from("\x7fELF", "latin1"));
}

const program = (name: string) => path.join(host, "share/gpu-check/programs", name, name);

beforeAll(() => {
  // A blank is what scripts and lists of libraries stumble over.
  directory = mkdtempSync(path.join(tmpdir(), "gpuferry bundle-"));
  chmodSync(directory, 0o755);
  bare.PATH = path.join(directory, "bin");
  mkdirSync(bare.PATH);
  for (const tool of TOOLS) {
    const found = ELSEWHERE.map((place) => path.join(place, tool)).find(existsSync);
    if (found !== undefined) symlinkSync(found, path.join(bare.PATH, tool));
  }
  const made = path.join(directory, "made");
  execFileSync("node_modules/.bin/tsx", ["tools/bundle/main.ts", "--fast", "--out", made], {
    cwd: ROOT,
    stdio: ["ignore", "pipe", "pipe"],
  });
  for (const archive of readdirSync(made).filter((name) => name.endsWith(".tar.gz"))) {
    sizes.set(archive, statSync(path.join(made, archive)).size);
    execFileSync("tar", ["-xzf", path.join(made, archive), "-C", directory]);
  }
  rmSync(made, { recursive: true });
  const [guestName, hostName] = readdirSync(directory)
    .filter((name) => name.startsWith("gpuferry-"))
    .sort()
    .reverse();
  expect([guestName, hostName]).toEqual([
    expect.stringContaining("guest"),
    expect.not.stringContaining("guest"),
  ]);
  guest = path.join(directory, guestName!);
  host = path.join(directory, hostName!);
}, 600_000);

afterAll(() => rmSync(directory, { recursive: true, force: true }));

describe("the host's bundle", () => {
  test("lacks nothing that its doctor knows of", async () => {
    const said = await run(path.join(host, "bin/gpuferry"), ["doctor", "--json"]);
    const { ok, findings } = JSON.parse(said.stdout) as {
      ok: boolean;
      findings: { what: string; verdict: string; detail: string }[];
    };
    expect(findings.filter(({ verdict }) => verdict === "missing")).toEqual([]);
    expect(ok).toBe(true);
    expect(JSON.stringify(findings)).not.toContain(ROOT);
    expect(findings.find(({ what }) => what === "Node")?.detail).not.toBe(process.versions.node);
  });

  test("prints its version, and errors in one line", async () => {
    const gpuferry = path.join(host, "bin/gpuferry");
    expect((await run(gpuferry, ["--version"])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
    const wrong = await run(gpuferry, ["run", "--host", "nowhere", "true"]);
    expect(wrong).toMatchObject({ exitCode: 2, stdout: "" });
    expect(wrong.stderr.split("\n")).toHaveLength(2);
  });

  test("runs a guest with a server of its own, through a link from elsewhere", async () => {
    const link = path.join(directory, "gf");
    execFileSync("ln", ["-s", path.join(host, "bin/gpuferry"), link]);
    passed(await run(link, ["run", "--", program("driver_vector_add")]));
  });

  test("moves", async () => {
    const moved = `${host}-moved`;
    execFileSync("mv", [host, moved]);
    const gpuferry = path.join(moved, "bin/gpuferry");
    const where = path.join(moved, "share/gpu-check/programs/driver_modules/driver_modules");
    passed(await run(gpuferry, ["run", "--", where]));
    execFileSync("mv", [moved, host]);
  });

  test("weighs what it may", () => {
    // What CI can wait for is packed with gzip, of which xz takes a good third off; tools/bundle/main.ts has xz's limit.
    const [, bytes] = [...sizes].find(([name]) => !name.includes("guest"))!;
    expect(bytes).toBeLessThan(90 * 2 ** 20);
  });

  test("shows what it does on a machine that has nothing else", async () => {
    const pictures = path.join(directory, "pictures");
    const said = await run(path.join(host, "bin/gpuferry"), ["quickstart", "--quick", pictures]);
    expect(said.stderr).toBe("");
    expect(said.exitCode, said.stdout).toBe(0);
    const passed = /^(\d+) of (\d+) programs pass$/m.exec(said.stdout);
    expect(Number(passed?.[1])).toBeGreaterThan(10);
    expect(passed?.[1]).toBe(passed?.[2]);
    for (const demo of ["glxgears", "scene"])
      expect(readdirSync(pictures)).toContain(`${demo}-forwarded.png`);
  }, 300_000);

  test("says what it lacks where there is no X server, and does the rest", async () => {
    const without = { PATH: path.join(directory, "less") };
    mkdirSync(without.PATH);
    for (const tool of TOOLS.slice(0, 6))
      symlinkSync(path.join(bare.PATH, tool), path.join(without.PATH, tool));
    const said = await run(path.join(host, "bin/gpuferry"), ["quickstart", "--quick"], without);
    expect(said.stdout).toContain("no Xvfb (apt-get install xvfb");
    expect(said.exitCode, said.stdout).toBe(0);
  }, 300_000);

  test.runIf(process.getuid?.() === 0)("serves a user who may only read it", async () => {
    const nobody = ["/usr/bin/setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"];
    const own = path.join(directory, "of nobody");
    mkdirSync(own);
    chmodSync(own, 0o777);
    const env = { HOME: own, GPUFERRY_CACHE_DIR: own, XDG_RUNTIME_DIR: own };
    const said = await run(
      path.join(host, "bin/gpuferry"),
      ["run", "--", program("driver_vector_add")],
      env,
      nobody,
    );
    passed(said);
  });

  test("and the guest's archive ask for no glibc newer than 2.28, in any file", () => {
    const files = execFileSync("find", [host, guest, "-type", "f", "-size", "+1k"], {
      encoding: "utf8",
    });
    const programs = files.trim().split("\n").filter(isElf);
    expect(programs.length).toBeGreaterThan(80);
    const tooNew = programs.flatMap((file) => {
      const asked = execFileSync("readelf", ["-W", "--version-info", file], { encoding: "utf8" });
      const versions = [...asked.matchAll(/Name: GLIBC_2\.(\d+)/g)].map((match) =>
        Number(match[1]),
      );
      return versions.some((minor) => minor > 28) ? [path.relative(directory, file)] : [];
    });
    expect(tooNew).toEqual([]);
  });

  test("names whose code it holds", () => {
    const names = readdirSync(path.join(host, "share/licenses"));
    expect(names).toEqual(
      expect.arrayContaining(["gpuferry", "node", "LLVM", "libseccomp", "npm-packages"]),
    );
  });
});

describe("gpu-check", () => {
  const report = (name = "check") =>
    JSON.parse(readFileSync(path.join(directory, name, "gpu-check.json"), "utf8")) as {
      facts: { software: boolean; gpu: string };
      rows: { group: string; name: string; verdict: string; detail: string; ratio?: number }[];
      askedInVain: Record<string, number>;
      waiting: string[];
    };

  test("finds nothing lost on the software device, and says that it was no GPU", async () => {
    const out = path.join(directory, "check");
    const check = path.join(host, "tools/gpu-check");
    const said = await run(check, [
      "--quick",
      "--soft",
      "--out",
      out,
      "--python",
      "/usr/bin/python3",
    ]);
    const { facts, rows, waiting, askedInVain } = report();
    expect(rows.filter(({ verdict }) => verdict === "fail")).toEqual([]);
    expect(said.exitCode, said.stderr).toBe(0);
    expect(waiting).toEqual([]);
    expect(facts).toMatchObject({ software: true, gpu: "the software CUDA device" });
    const groups = new Set(rows.map(({ group }) => group));
    for (const group of [
      "CUDA programs",
      "CUDA conformance",
      "Micro-benchmarks",
      "Python",
      "OpenGL",
    ])
      expect(groups).toContain(group);
    const passed = rows.filter(
      ({ group, verdict }) => group === "CUDA programs" && verdict === "ok",
    );
    expect(passed.length).toBeGreaterThan(0);
    expect(rows.find(({ name }) => name === "launch_enqueue")?.ratio).toBeGreaterThan(0);
    const sharing = rows.filter(({ group, verdict }) => group === "Sharing" && verdict === "ok");
    expect(sharing.map(({ name }) => name)).toEqual([
      "weights 1 : 3, kernels",
      "memory quota, allocations",
    ]);
    expect(sharing[0]?.detail).toMatch(/ran \d+\.\d % of \d+ kernels/);
    expect(Object.keys(askedInVain).length).toBeGreaterThan(0);
    const markdown = readFileSync(path.join(out, "gpu-check.md"), "utf8");
    expect(markdown).toContain("Seen on the software CUDA device only");
  });

  test("ends in time, names what did not fit, and goes on from there", async () => {
    const out = path.join(directory, "in parts");
    const check = path.join(host, "tools/gpu-check");
    const some = ["--quick", "--soft", "--out", out];
    const none = await run(check, [
      ...some,
      "--only",
      "micro-benchmarks,monitors",
      "--minutes",
      "0.0001",
    ]);
    expect(none.exitCode, none.stderr).toBe(1);
    expect(none.stderr).toContain("no time was left for micro-benchmarks, monitors: go on with");
    expect(report("in parts")).toMatchObject({
      rows: [{ group: "The jail", verdict: "ok" }],
      waiting: ["micro-benchmarks", "monitors"],
    });
    await run(check, [...some, "--continue", "--only", "monitors"]);
    expect(report("in parts")).toMatchObject({
      rows: [{ group: "The jail" }, { group: "The jail" }, { group: "Monitors" }],
      waiting: ["micro-benchmarks"],
    });
  });

  test("goes on without the jail where guests run no other way, and calls that a failure", async () => {
    const executor = path.join(host, "bin/gpuferry-executor");
    const kept = `${executor}.kept`;
    // As if a driver could not do without what the jail refuses.
    const script = `#!/bin/sh\n[ -n "$GPUFERRY_NO_JAIL" ] || exit 1\nexec "${kept}" "$@"\n`;
    execFileSync("mv", [executor, kept]);
    writeFileSync(executor, script, { mode: 0o755 });
    try {
      const out = path.join(directory, "unconfined");
      const check = path.join(host, "tools/gpu-check");
      const said = await run(check, ["--quick", "--soft", "--out", out, "--only", "programs"]);
      expect(said.exitCode).toBe(1);
      const { rows } = report("unconfined");
      expect(rows[0]).toMatchObject({
        verdict: "fail",
        detail: expect.stringContaining("it runs without the jail"),
      });
      expect(rows.slice(1).every(({ verdict }) => verdict === "ok")).toBe(true);
      expect(rows.length).toBeGreaterThan(2);
    } finally {
      execFileSync("mv", [kept, executor]);
    }
  });

  test("keeps what it has found when a step breaks, and calls that a failure", async () => {
    const broken = path.join(host, "share/gpu-check/programs/vector_add/vector_add");
    const kept = `${broken}.kept`;
    // Runs natively and is lost in a guest.
    const script = '#!/bin/sh\n[ -z "$GPUFERRY_HOST" ] || exit 3\necho PASS\n';
    execFileSync("mv", [broken, kept]);
    writeFileSync(broken, script, { mode: 0o755 });
    try {
      const out = path.join(directory, "check");
      const check = path.join(host, "tools/gpu-check");
      const said = await run(check, ["--quick", "--soft", "--out", out, "--only", "programs"]);
      expect(said.exitCode).toBe(1);
      const { rows } = report();
      expect(rows.find(({ name }) => name === "vector_add")).toMatchObject({ verdict: "fail" });
      expect(rows.some(({ verdict }) => verdict === "ok")).toBe(true);
    } finally {
      execFileSync("mv", [kept, broken]);
    }
  });
});

describe("the guest's archive", () => {
  const start = async () => {
    const socket = path.join(directory, "run/host.sock");
    const child = spawn(
      path.join(host, "bin/gpuferry"),
      ["serve", "--socket", socket, "--cuda-driver", "soft"],
      {
        env: { ...bare, ...cache() },
        stdio: "ignore",
      },
    );
    await until("the server listens", () => existsSync(socket), 20_000);
    return {
      socket,
      stop: () =>
        new Promise<void>(
          (resolve) => child.once("exit", () => resolve()) && child.kill("SIGTERM"),
        ),
    };
  };

  test("is small", () => {
    const [, bytes] = [...sizes].find(([name]) => name.includes("guest"))!;
    expect(bytes).toBeLessThan(2 * 2 ** 20);
  });

  test("runs a guest of that server without Node, and says when there is none", async () => {
    const wrapper = path.join(guest, "bin/gpuferry-run");
    const server = await start();
    try {
      const at = ["--host", `unix:${server.socket}`];
      passed(await run(wrapper, [...at, "--", program("driver_vector_add")]));
      passed(await run(wrapper, [program("driver_vector_add")], { GPUFERRY_HOST: server.socket }));
      const found = { XDG_RUNTIME_DIR: path.join(directory, "xdg") };
      mkdirSync(path.join(directory, "xdg"));
      execFileSync("ln", ["-s", path.dirname(server.socket), path.join(directory, "xdg/gpuferry")]);
      passed(await run(wrapper, ["--", program("driver_vector_add")], found));
      expect(await run(wrapper, [...at, "--check"])).toMatchObject({ exitCode: 0, stdout: "" });
      expect(await run(wrapper, [...at, "--tenant", "nobody", "--check"])).toMatchObject({
        exitCode: 10,
        stderr: expect.stringContaining("nobody"),
      });
      expect(await run(wrapper, [...at, "sh", "-c", "exit 41"])).toMatchObject({ exitCode: 41 });
      expect((await run(wrapper, [...at, "/nowhere/program"])).exitCode).toBe(127);
      expect((await run(wrapper, [...at, "/etc/passwd"])).exitCode).toBe(126);
    } finally {
      await server.stop();
    }
    const gone = await run(wrapper, ["--host", server.socket, "true"]);
    expect(gone).toMatchObject({ exitCode: 4, stderr: expect.stringContaining(server.socket) });
    expect((await run(wrapper, [])).exitCode).toBe(2);
    expect((await run(wrapper, ["--host", "nowhere", "true"])).stderr).toContain("nowhere");
  });

  test("says so where its shim is not beside it", async () => {
    const alone = path.join(directory, "alone");
    execFileSync("cp", [path.join(guest, "bin/gpuferry-run"), alone]);
    const server = await start();
    try {
      const said = await run(alone, ["--host", server.socket, "true"]);
      expect(said).toMatchObject({
        exitCode: 6,
        stderr: expect.stringContaining("libgpuferry.so"),
      });
    } finally {
      await server.stop();
    }
  });
});
