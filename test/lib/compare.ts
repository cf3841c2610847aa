/** One program both ways, in turn, so that whatever else the machine does meets both alike. */
import { build } from "./build.ts";
import type { Program } from "./manifest.ts";
import { directEnv, ending, forwardedEnv, type Outcome, runProgram, verdictOf } from "./run.ts";

export interface Comparison {
  /** The program's own word, or how it ended instead; "differs" where both pass but print different things. */
  readonly verdict: string;
  /** Medians of wall times, from spawn to exit. */
  readonly forwardedMs: number;
  readonly passthroughMs: number;
  /** Median of forwarded / passthrough, pair by pair. */
  readonly ratio: number;
  /** What the guest printed, stdout and stderr. */
  readonly said: string;
}

/** `rounds` pairs of runs; with more than one, the first warms caches up and is not counted. */
export async function compareWays(
  program: Program,
  host: string,
  rounds: number,
): Promise<Comparison> {
  const executable = await build(program);
  const pairs: { forwarded: Outcome; direct: Outcome }[] = [];
  for (let round = 0; round < rounds; round++) {
    const direct = await runProgram(executable, directEnv());
    const forwarded = await runProgram(executable, forwardedEnv(host));
    pairs.push({ forwarded, direct });
  }
  const counted = rounds > 1 ? pairs.slice(1) : pairs;
  const worst = pairs.find(({ forwarded, direct }) => judge(program, forwarded, direct) !== "PASS");
  const { forwarded, direct } = worst ?? counted[0]!;
  return {
    verdict: judge(program, forwarded, direct),
    forwardedMs: median(counted.map((pair) => pair.forwarded.wallMs)),
    passthroughMs: median(counted.map((pair) => pair.direct.wallMs)),
    ratio: median(counted.map((pair) => pair.forwarded.wallMs / pair.direct.wallMs)),
    said: `${forwarded.stdout}${forwarded.stderr}`,
  };
}

function judge(program: Program, forwarded: Outcome, direct: Outcome): string {
  const expected = `exit ${program.exitCode ?? 0}`;
  if (ending(forwarded) !== expected) return ending(forwarded);
  const verdict = verdictOf(forwarded);
  if (verdict !== "PASS") return verdict ?? "no verdict";
  return forwarded.stdout === direct.stdout ? "PASS" : "differs";
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
