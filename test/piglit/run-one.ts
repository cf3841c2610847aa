/** One piglit test, one way. */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { performance } from "node:perf_hooks";
import { killGroup } from "../lib/kill-group.ts";
import type { Outcome } from "../lib/run.ts";
import { type PiglitTest, PLATFORM } from "./tests.ts";
import { type Status, verdictOf } from "./verdict.ts";

export interface Finding {
  readonly status: Status;
  readonly ms: number;
  /** Names of parts that passed. */
  readonly passed: readonly string[];
  /** The end of what it printed, where it did not pass. */
  readonly said: string;
}

const SAID_CHARACTERS = 3000;

/** `directory` is piglit's, where its tests look for their data. */
export async function runOne(
  test: PiglitTest,
  directory: string,
  env: Readonly<Record<string, string>>,
  timeoutMs: number,
): Promise<Finding> {
  // Debian builds piglit without a few of the tests that its lists name; piglit's own runner skips them too.
  if (!existsSync(test.command[0] ?? "")) return { status: "skip", ms: 0, passed: [], said: "" };
  const outcome = await spawnOne(test, directory, env, timeoutMs);
  const verdict = verdictOf(outcome);
  const said = `${outcome.stdout}${outcome.stderr}`.slice(-SAID_CHARACTERS);
  const keep = verdict.status !== "pass" && verdict.status !== "skip";
  return { ...verdict, ms: outcome.wallMs, said: keep ? said : "" };
}

/** As runProgram, but what outlives its time is killed with all of its children. */
function spawnOne(
  test: PiglitTest,
  directory: string,
  env: Readonly<Record<string, string>>,
  timeoutMs: number,
): Promise<Outcome> {
  const [program = "", ...args] = test.command;
  return new Promise((resolve, reject) => {
    const started = performance.now();
    const child = spawn(program, args, {
      cwd: directory,
      detached: true,
      env: {
        ...process.env,
        PIGLIT_PLATFORM: PLATFORM,
        PIGLIT_SOURCE_DIR: directory,
        ...test.env,
        ...env,
      },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const streams = { stdout: "", stderr: "" };
    for (const name of ["stdout", "stderr"] as const) {
      child[name].setEncoding("utf8").on("data", (text: string) => {
        streams[name] += text;
      });
    }
    const timer = setTimeout(() => killGroup(child.pid), timeoutMs);
    child.on("error", reject);
    child.on("exit", (exitCode, signal) => {
      clearTimeout(timer);
      const wallMs = performance.now() - started;
      killGroup(child.pid); // children that it left would keep its pipes open
      child.once("close", () => resolve({ ...streams, exitCode, signal, wallMs }));
    });
  });
}
