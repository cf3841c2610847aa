/**
 * Compiles test programs on demand. What is built depends on nothing but sources, flags and compiler, so a directory
 * named after their hash is either absent or right.
 */
import { execFile, execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { copyFileSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { availableParallelism } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { type Cudart, needsNvcc, PROGRAMS, type Program } from "./manifest.ts";
import { BUILT_PROGRAMS, GLIBC_FLOOR, NVCC, PROGRAM_SOURCES, wheelDir } from "./paths.ts";

const run = promisify(execFile);

let nvccVersion: string | undefined;

/** nvcc's version text; undefined where there is no nvcc. */
export function nvcc(): string | undefined {
  if (nvccVersion === undefined) {
    try {
      nvccVersion = execFileSync(NVCC, ["--version"], { encoding: "utf8", stdio: "pipe" });
    } catch {
      nvccVersion = "";
    }
  }
  return nvccVersion === "" ? undefined : nvccVersion;
}

/** The programs that can be built here. */
export function buildable(programs: readonly Program[] = PROGRAMS): Program[] {
  return programs.filter((program) => !needsNvcc(program) || nvcc() !== undefined);
}

/** The path of the executable, compiled if need be. Rejects with the compiler's own words. */
export async function build(program: Program, cudart: Cudart = "static"): Promise<string> {
  const directory = path.join(BUILT_PROGRAMS, `${program.name}-${cudart}-${hashOf(program)}`);
  const executable = path.join(directory, program.name);
  if (existsSync(executable)) return executable;

  const building = `${directory}.${process.pid}`;
  mkdirSync(building, { recursive: true });
  for (const plugin of program.plugins ?? []) {
    await compile(
      plugin.sources,
      ["-shared", "-Xcompiler", "-fPIC"],
      cudart,
      building,
      plugin.name,
    );
  }
  await compile(program.sources, program.flags ?? [], cudart, building, program.name);
  for (const file of program.data ?? []) {
    copyFileSync(path.join(PROGRAM_SOURCES, file), path.join(building, path.basename(file)));
  }
  await removeOlder(program, cudart, building);
  rmSync(directory, { recursive: true, force: true });
  renameSync(building, directory);
  return executable;
}

/** Builds many, as many at once as there are cores; `onBuilt` hears of each. */
export async function buildAll(
  wanted: readonly { program: Program; cudart: Cudart }[],
  onBuilt: (name: string, done: number, total: number) => void = () => {},
): Promise<void> {
  const queue = [...wanted];
  let done = 0;
  const worker = async () => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      await build(next.program, next.cudart);
      onBuilt(next.program.name, ++done, wanted.length);
    }
  };
  await Promise.all(Array.from({ length: Math.min(availableParallelism(), 4) }, worker));
}

/** A bundle carries these programs to older machines: see gf_glibc_floor() in cmake/glibc_floor.cmake. */
const FLOOR_FLAGS = [
  `-L${GLIBC_FLOOR}`,
  "-Wl,--allow-shlib-undefined,--wrap=__libc_start_main,--exclude-libs,libstdc++.a",
  "-static-libstdc++",
];

const ofNvcc = (flags: readonly string[]) => flags.flatMap((flag) => ["-Xcompiler", `"${flag}"`]);

async function compile(
  sources: readonly string[],
  flags: readonly string[],
  cudart: Cudart,
  directory: string,
  output: string,
): Promise<void> {
  const files = sources.map((source) => path.join(PROGRAM_SOURCES, source));
  const target = ["-o", path.join(directory, output)];
  const floor = existsSync(GLIBC_FLOOR) ? FLOOR_FLAGS : [];
  const [compiler, ...all] = sources.some((source) => source.endsWith(".cu"))
    ? [NVCC, "-std=c++17", ...cudartFlags(cudart), ...target, ...files, ...flags, ...ofNvcc(floor)]
    : sources.some((source) => source.endsWith(".cc"))
      ? ["g++", "-O2", "-std=c++17", ...target, ...files, ...floor, ...flags]
      : ["gcc", "-O2", "-std=gnu11", "-Wall", ...target, ...files, ...floor, "-ldl", ...flags];
  try {
    await run(compiler, all, { maxBuffer: 1 << 24 });
  } catch (error) {
    const { stderr, stdout } = error as { stderr: string; stdout: string };
    throw new Error(`${output} does not compile:\n${stderr}${stdout}`);
  }
}

function cudartFlags(cudart: Cudart): string[] {
  if (cudart !== "12.4") return ["-cudart", cudart];
  const directory = wheelDir("cuda_runtime/lib");
  if (directory === undefined) throw new Error("there is no cudart 12.4 here; `npm run setup`");
  return ["-cudart", "none", "-Xlinker", path.join(directory, "libcudart.so.12")];
}

/** What programs are linked against; changes with it. */
const FLOOR_MARK = existsSync(GLIBC_FLOOR) ? path.basename(GLIBC_FLOOR) : "";

/** 12 hex digits over everything that the result depends on. Headers count with every program of their directory. */
function hashOf(program: Program): string {
  const hash = createHash("sha256");
  const plugins = (program.plugins ?? []).flatMap((plugin) => plugin.sources);
  const sources = [...program.sources, ...plugins, ...(program.data ?? [])];
  hash.update(JSON.stringify([program.flags, needsNvcc(program) ? nvcc() : "", FLOOR_MARK]));
  for (const file of [...sources, ...headersBeside(sources)]) {
    hash.update(`\0${file}\0`).update(readFileSync(path.join(PROGRAM_SOURCES, file)));
  }
  return hash.digest("hex").slice(0, 12);
}

const HEADERS: Readonly<Record<string, readonly string[]>> = {
  cuda: ["cuda/common.h"],
  "cuda/separate": ["cuda/common.h", "cuda/separate/ops.cuh"],
  driver: ["driver/driver.h"],
  gl: ["driver/driver.h"],
  "gl/common": ["check", "headless", "shaders", "window"].map((name) => `gl/common/${name}.h`),
};

function headersBeside(sources: readonly string[]): string[] {
  const directories = new Set(sources.map((source) => path.dirname(source)));
  return [...directories].flatMap((directory) => [...(HEADERS[directory] ?? [])]);
}

async function removeOlder(program: Program, cudart: Cudart, keep: string): Promise<void> {
  for (const name of await readdir(BUILT_PROGRAMS)) {
    const entry = path.join(BUILT_PROGRAMS, name);
    if (entry !== keep && new RegExp(`^${program.name}-${cudart}-[0-9a-f]{12}$`).test(name)) {
      rmSync(entry, { recursive: true, force: true });
    }
  }
}
