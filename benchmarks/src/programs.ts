/** What whole processes cost: connecting, and programs from their start to their end. */
import { setTimeout as sleep } from "node:timers/promises";
import { build, buildable } from "../../test/lib/build.ts";
import type { Program } from "../../test/lib/manifest.ts";
import { directEnv, ending, forwardedEnv, runProgram } from "../../test/lib/run.ts";
import { BENCH } from "./modes.ts";
import { type Repetition, rowOf, turnsOf } from "./repetitions.ts";
import type { Mode, Row } from "./result.ts";
import { geometricMean } from "./stats.ts";

const WAYS = ["passthrough", "forwarded"] as const satisfies readonly Mode[];
type Way = (typeof WAYS)[number];

/** A server that has just lost a session takes this long, at most, to have an executor in waiting again. */
const WARM_MS = 500;

async function repeat(
  repetitions: number,
  measure: (way: Way) => Promise<number>,
): Promise<Repetition[]> {
  const measured: Repetition[] = [];
  // The first round compiles kernels and fills the page cache.
  for (let index = -1; index < repetitions; index++) {
    const repetition: Partial<Record<Mode, number>> = {};
    for (const way of turnsOf(WAYS, index + 1)) repetition[way] = await measure(way);
    if (index >= 0) measured.push(repetition);
  }
  return measured;
}

function environment(way: Way, host: string): Record<string, string> {
  return way === "forwarded" ? forwardedEnv(host) : directEnv();
}

/** cuInit and the first call that cannot be answered in the guest, as the program itself measures it. */
export async function measureConnect(host: string, repetitions: number): Promise<Row> {
  const measured = await repeat(repetitions, async (way) => {
    if (way === "forwarded") await sleep(WARM_MS);
    const env = environment(way, host);
    const outcome = await runProgram(BENCH, env, { args: ["connect"] });
    if (outcome.exitCode !== 0) throw new Error(`connect, ${way}: ${outcome.stderr}`);
    return (JSON.parse(outcome.stdout) as { samples_ns: [number] }).samples_ns[0] / 1e6;
  });
  return rowOf("connect_first_call", "ms", measured);
}

/** Those of test/programs that work long enough for their time to mean something, and can be built here. */
export function wholePrograms(): Program[] {
  return buildable().filter(({ benchmark }) => benchmark === true);
}

export async function measureProgram(
  program: Program,
  host: string,
  repetitions: number,
): Promise<Row> {
  const executable = await build(program);
  const measured = await repeat(repetitions, async (way) => {
    const outcome = await runProgram(executable, environment(way, host));
    if (ending(outcome) !== `exit ${program.exitCode ?? 0}`) {
      const said = `${outcome.stdout}${outcome.stderr}`;
      throw new Error(`${program.name}, ${way}: ${ending(outcome)}\n${said}`);
    }
    return outcome.wallMs;
  });
  return rowOf(`program_${program.name}`, "ms", measured);
}

/** All programs in one number: a program counts by its ratio, not by how long it happens to run. */
export function geometricMeanOf(programs: readonly Row[]): Row {
  const mean = (of: (row: Row) => number | null) => {
    const values = programs.flatMap((row) => of(row) ?? []);
    return values.length === 0 ? null : geometricMean(values);
  };
  return {
    name: "programs_geomean",
    unit: "ms",
    passthrough: mean((row) => row.passthrough),
    ring: null,
    forwarded: mean((row) => row.forwarded),
    ratio: mean((row) => row.ratio),
    spread: {},
  };
}
