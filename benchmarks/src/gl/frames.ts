/** Takes frame rates: every repetition gives each mode one run of the program. */
import { spawn } from "node:child_process";
import { turnsOf } from "../repetitions.ts";
import type { FrameCase } from "./programs.ts";
import { type GlMode, type GlRepetition, type GlRow, glRowOf } from "./result.ts";
import type { GlStage } from "./stage.ts";

const TIMEOUT_MS = 90_000;

export async function measureFrames(
  stage: GlStage,
  wanted: FrameCase,
  repetitions: number,
): Promise<GlRow> {
  const measured: GlRepetition[] = [];
  for (let index = 0; index < repetitions; index++) {
    const repetition: Partial<Record<GlMode, number>> = {};
    for (const mode of turnsOf(stage.modes, index)) {
      const rate = await rateOf(wanted, mode, stage.env[mode]);
      if (rate !== undefined) repetition[mode] = rate;
    }
    measured.push(repetition);
  }
  return glRowOf(wanted.name, "fps", measured);
}

/** Rejects where the program does not tell a rate; virgl's absence of one is no fault of ours and gives undefined. */
async function rateOf(
  wanted: FrameCase,
  mode: GlMode,
  env: Readonly<Record<string, string>>,
): Promise<number | undefined> {
  const { said, ended } = await runFor(wanted, env);
  const last = [...said.matchAll(wanted.rate)].at(-1)?.[1];
  if (last !== undefined) return Number(last);
  if (mode === "virgl") return undefined;
  throw new Error(`${wanted.name}, ${mode}: no frame rate (${ended})\n${said.slice(-2000)}`);
}

function runFor(
  wanted: FrameCase,
  env: Readonly<Record<string, string>>,
): Promise<{ said: string; ended: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(wanted.command, wanted.args, {
      detached: true,
      env: { ...process.env, ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let said = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text: string) => {
        said += text;
      });
    }
    const timer = setTimeout(() => {
      if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
    }, wanted.stopAfterMs ?? TIMEOUT_MS);
    child.on("error", reject);
    child.on("close", (code, signal) => {
      clearTimeout(timer);
      resolve({ said, ended: signal ?? `exit ${code}` });
    });
  });
}
