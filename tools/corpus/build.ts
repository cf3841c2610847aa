/** Builds a program in its workspace the way that its folder says, and finds out how it is started. */
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { SOFTCUDA_DIR } from "../../test/lib/paths.ts";
import { startsIn } from "./command.ts";
import type { CorpusProgram } from "./discover.ts";
import { type ShellResult, shell } from "./shell.ts";

export interface Toolkit {
  /** Of a CUDA toolkit whose nvcc builds for the software device. */
  readonly root: string;
}

/** Where make looks for CUDA, under the names that makefiles are known to use. */
const TOOLKIT_VARIABLES = ["CUDA_DIR", "CUDA_HOME", "CUDA_PATH", "CUDA_ROOT", "CUDA_INSTALL_PATH"];
/** A makefile's rule for running, where there is one. */
const RUN_TARGET = "run";
const RUN_SCRIPTS = ["run", "run.sh"];

/** Rejects with the last words of the compiler; resolves to the commands to run in `folder`, at least one. */
export async function build(
  program: CorpusProgram,
  folder: string,
  toolkit: Toolkit,
  timeoutMs: number,
): Promise<string[]> {
  const run = async (command: string) => {
    const result = await shell(command, { cwd: folder, env: environment(toolkit), timeoutMs });
    if (result.exitCode !== 0) throw new Error(complaintOf(command, result));
    return result;
  };
  const before = executables(folder);
  if (program.builder === "nvcc") {
    const sources = program.sources!;
    const binary = path.basename(sources[0]!, ".cu");
    const flags = sources.length > 1 ? "-rdc=true" : "";
    await run(`nvcc -O2 -std=c++17 ${flags} -o '${binary}' ${sources.join(" ")}`);
    return [`./${binary}`];
  }
  if (program.builder === "cmake") {
    await run(`cmake . ${cmakeSettings(toolkit)} && cmake --build .`);
  } else {
    const assignments = TOOLKIT_VARIABLES.map((name) => `${name}='${toolkit.root}'`).join(" ");
    await run(`make ${assignments}`);
    const commands = await runTarget(folder, toolkit, timeoutMs);
    if (commands.length > 0) return commands;
  }
  const script = scriptOf(folder);
  if (script.length > 0) return script;
  const made = executables(folder).filter((name) => !before.includes(name));
  if (made.length === 0) throw new Error("the build made no executable");
  return made.map((name) => `./${name}`);
}

/** No RPATH: it would lead a guest's program past the preloaded library. */
function cmakeSettings(toolkit: Toolkit): string {
  const settings = {
    CMAKE_CUDA_COMPILER: `${toolkit.root}/bin/nvcc`,
    CUDA_cuda_driver_LIBRARY: path.join(SOFTCUDA_DIR, "libcuda.so"),
    CUDAToolkit_ROOT: toolkit.root,
    CMAKE_BUILD_TYPE: "Release",
    CMAKE_SKIP_RPATH: "ON",
  };
  return Object.entries(settings)
    .map(([name, value]) => `-D${name}='${value}'`)
    .join(" ");
}

function environment(toolkit: Toolkit): Record<string, string> {
  const variables = TOOLKIT_VARIABLES.map((name) => [name, toolkit.root]);
  return {
    ...Object.fromEntries(variables),
    PATH: `${toolkit.root}/bin:${process.env.PATH}`,
    // What the caller's own have is expected on every machine by programs, such as cuda-samples' helpers.
    LIBRARY_PATH: joined(`${toolkit.root}/lib`, SOFTCUDA_DIR, process.env.LIBRARY_PATH),
    CPATH: joined(`${toolkit.root}/include`, process.env.CPATH),
  };
}

function joined(...folders: readonly (string | undefined)[]): string {
  return folders.filter(Boolean).join(":");
}

/** What `make run` would start, without its starting it. */
async function runTarget(folder: string, toolkit: Toolkit, timeoutMs: number): Promise<string[]> {
  const options = { cwd: folder, env: environment(toolkit), timeoutMs };
  const result = await shell(`make -n ${RUN_TARGET}`, options);
  return result.exitCode === 0 ? startsIn(result.stdout) : [];
}

function scriptOf(folder: string): string[] {
  for (const name of RUN_SCRIPTS) {
    const file = path.join(folder, name);
    if (existsSync(file) && statSync(file).isFile()) {
      const commands = startsIn(readFileSync(file, "utf8"));
      if (commands.length > 0) return commands;
    }
  }
  return [];
}

/** ELF programs directly in the folder. */
function executables(folder: string): string[] {
  return readdirSync(folder).filter((name) => {
    const file = path.join(folder, name);
    const status = statSync(file, { throwIfNoEntry: false });
    if (status === undefined || !status.isFile() || (status.mode & 0o111) === 0) return false;
    if (/\.(so|o|a)(\.|$)/.test(name)) return false;
    return readFileSync(file).subarray(0, 4).toString("latin1") === "\x7fELF";
  });
}

const COMPLAINT = /\b(?:error|fatal|undefined reference|not found|No such file|cannot find)\b/i;

function complaintOf(command: string, result: ShellResult): string {
  if (result.timedOut) return "the build ran out of time";
  const lines = `${result.stderr}\n${result.stdout}`
    .split("\n")
    .filter((line) => line.trim() !== "");
  return (lines.find((line) => COMPLAINT.test(line)) ?? lines.at(-1) ?? command)
    .trim()
    .slice(0, 300);
}
