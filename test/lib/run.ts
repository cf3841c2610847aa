/** Runs a guest program straight on the software device or through gpuferry, and says what came of it. */
import { spawn } from "node:child_process";
import path from "node:path";
import { preloadEntry } from "../../host-server/src/config/preload.ts";
import { GUEST_LIBRARY, SOFTCUDA_DIR, wheelDir } from "./paths.ts";

export interface Outcome {
  readonly stdout: string;
  readonly stderr: string;
  /** null when a signal ended it. */
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  /** From spawn to exit. */
  readonly wallMs: number;
}

export interface RunOptions {
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Afterwards the program is killed and its signal is SIGKILL. */
  readonly timeoutMs?: number;
}

/** LD_LIBRARY_PATH of `dirs` and of where a program with a shared cudart finds it. */
function libraryPath(...dirs: string[]): Record<string, string> {
  const cudart = [wheelDir("cu13/lib"), wheelDir("cuda_runtime/lib")];
  const all = [...dirs, ...cudart].filter((dir) => dir !== undefined);
  return all.length === 0 ? {} : { LD_LIBRARY_PATH: all.join(":") };
}

/** Of a program that runs straight on the software device: `libcuda.so.1` is found where it was built. */
export function directEnv(): Record<string, string> {
  return libraryPath(SOFTCUDA_DIR);
}

/** Of a guest of the server at `host`: nothing but the shim tells it from a program on a GPU host. */
export function forwardedEnv(host: string): Record<string, string> {
  const entry = preloadEntry(GUEST_LIBRARY);
  const libraries =
    entry === GUEST_LIBRARY ? libraryPath() : libraryPath(path.dirname(GUEST_LIBRARY));
  return { ...libraries, LD_PRELOAD: entry, GPUFERRY_HOST: host };
}

/** How long after a program's end its output is still listened to. */
const LEFT_OUTPUT_MS = 2000;

export function runProgram(
  command: string,
  env: Readonly<Record<string, string>>,
  options: RunOptions = {},
): Promise<Outcome> {
  const { args = [], timeoutMs = 60_000 } = options;
  return new Promise((resolve, reject) => {
    const started = performance.now();
    const child = spawn(command, args, {
      env: { ...process.env, ...env, ...options.env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      stderr += text;
    });
    const timer = setTimeout(() => child.kill("SIGKILL"), timeoutMs);
    child.on("error", reject);
    let wallMs = 0;
    let abandoned: NodeJS.Timeout | undefined;
    child.on("exit", () => {
      wallMs = performance.now() - started;
      // What it left running may hold its output open for ever.
      abandoned = setTimeout(() => {
        child.stdout.destroy();
        child.stderr.destroy();
      }, LEFT_OUTPUT_MS);
    });
    child.on("close", (exitCode, signal) => {
      clearTimeout(timer);
      clearTimeout(abandoned);
      resolve({ stdout, stderr, exitCode, signal, wallMs });
    });
  });
}

/** The program's own last word, PASS or FAIL; undefined where it came to none. */
export function verdictOf(outcome: Outcome): "PASS" | "FAIL" | undefined {
  const last = outcome.stdout.trimEnd().split("\n").at(-1);
  return last === "PASS" || last === "FAIL" ? last : undefined;
}

/** How it ended, in words: `exit 1`, `SIGSEGV`. */
export function ending(outcome: Outcome): string {
  return outcome.signal ?? `exit ${outcome.exitCode}`;
}
