/** Runs one program within a time limit, with all that it started, and says what came of it. Never throws. */
import { spawn } from "node:child_process";

export interface Outcome {
  readonly stdout: string;
  readonly stderr: string;
  /** null when a signal ended it, or when it did not start. */
  readonly exitCode: number | null;
  /** In words where there is no exit code: a signal, "did not start: …", "took longer than N s". */
  readonly ending: string;
  readonly wallMs: number;
}

/** Of each stream; a program that says more is talking to itself. */
const KEPT_CHARS = 4_000_000;

export function run(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  timeoutMs: number,
  cwd?: string,
): Promise<Outcome> {
  return new Promise((resolve) => {
    const started = performance.now();
    const child = spawn(command, args, {
      env: { ...process.env, ...env },
      stdio: ["ignore", "pipe", "pipe"],
      // A process group of its own, so that the limit reaches what it started.
      detached: true,
      ...(cwd !== undefined && { cwd }),
    });
    let [stdout, stderr, late] = ["", "", false];
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      if (stdout.length < KEPT_CHARS) stdout += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      if (stderr.length < KEPT_CHARS) stderr += text;
    });
    const killGroup = () => {
      try {
        process.kill(-(child.pid ?? 0), "SIGKILL");
      } catch {
        // gone already
      }
    };
    const timer = setTimeout(() => {
      late = true;
      killGroup();
    }, timeoutMs);
    const finish = (exitCode: number | null, ending: string) => {
      clearTimeout(timer);
      resolve({ stdout, stderr, exitCode, ending, wallMs: performance.now() - started });
    };
    child.once("error", (error) => finish(null, `did not start: ${error.message}`));
    child.once("close", (code, signal) => {
      if (late) finish(null, `took longer than ${timeoutMs / 1000} s`);
      else finish(code, signal ?? `exit ${code}`);
    });
  });
}

/** The last line that says something. */
export function lastLine(text: string): string {
  return text.trimEnd().split("\n").at(-1)?.trim() ?? "";
}
