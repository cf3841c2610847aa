/** Runs one program within a time limit, with all that it started, and says what came of it. Never throws. */
import { AsyncLocalStorage } from "node:async_hooks";
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

/** One step's programs: once it is over, those that run are killed, and no new one starts. */
export class Programs {
  readonly #groups = new Set<number>();
  over = false;

  add(pid: number): void {
    this.#groups.add(pid);
  }

  remove(pid: number): void {
    this.#groups.delete(pid);
  }

  end(): void {
    this.over = true;
    for (const pid of this.#groups) killGroup(pid);
  }
}

/** Whose programs are started: of the step that asks, however deep. */
export const programsOf = new AsyncLocalStorage<Programs>();

function killGroup(pid: number): void {
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // gone already
  }
}

export function run(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  timeoutMs: number,
  cwd?: string,
): Promise<Outcome> {
  const programs = programsOf.getStore();
  if (programs?.over) {
    const ending = "did not start: its step was over";
    return Promise.resolve({ stdout: "", stderr: "", exitCode: null, ending, wallMs: 0 });
  }
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
    const { pid } = child;
    if (pid !== undefined) programs?.add(pid);
    const timer = setTimeout(() => {
      late = true;
      if (pid !== undefined) killGroup(pid);
    }, timeoutMs);
    const finish = (exitCode: number | null, ending: string) => {
      clearTimeout(timer);
      if (pid !== undefined) programs?.remove(pid);
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
