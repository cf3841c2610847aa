/** Runs one shell command with everything that it starts in a process group, so that a time limit ends all of it. */
import { spawn } from "node:child_process";

export interface ShellOptions {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
}

export interface ShellResult {
  readonly stdout: string;
  readonly stderr: string;
  /** null when a signal ended the shell. */
  readonly exitCode: number | null;
  readonly timedOut: boolean;
  readonly wallMs: number;
}

/** Groups that are running: they would outlive this process, which they do not share a terminal's signals with. */
const running = new Set<number>();

/** Ends every group that is running. */
export function endAll(): void {
  for (const group of running) process.kill(-group, "SIGKILL");
}

/** Of each stream this much is kept, the rest is read and dropped. */
const KEPT_CHARACTERS = 1 << 20;

export function shell(command: string, options: ShellOptions): Promise<ShellResult> {
  return new Promise((resolve, reject) => {
    const started = performance.now();
    const child = spawn("/bin/sh", ["-c", command], {
      cwd: options.cwd,
      env: { ...process.env, ...options.env },
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
    });
    if (child.pid !== undefined) running.add(child.pid);
    child.on("exit", () => running.delete(child.pid!));
    const text = { stdout: "", stderr: "" };
    for (const name of ["stdout", "stderr"] as const) {
      child[name].setEncoding("utf8").on("data", (chunk: string) => {
        if (text[name].length < KEPT_CHARACTERS) text[name] += chunk;
      });
    }
    let timedOut = false;
    const timer = setTimeout(() => {
      timedOut = true;
      process.kill(-child.pid!, "SIGKILL");
    }, options.timeoutMs);
    child.on("error", reject);
    child.on("close", (exitCode) => {
      clearTimeout(timer);
      resolve({ ...text, exitCode, timedOut, wallMs: performance.now() - started });
    });
  });
}
