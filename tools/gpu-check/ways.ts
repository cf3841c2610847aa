/** One thing natively and forwarded, in turn, so that whatever else the machine does meets both alike. */
import type { Outcome } from "./run.ts";

export type Way = "native" | "forwarded";

export interface Pair {
  readonly native: Outcome;
  readonly forwarded: Outcome;
}

/** `rounds` pairs; natively first and forwarded first in turn. Stops after the first round that does not end well. */
export async function inTurn(
  rounds: number,
  go: (way: Way) => Promise<Outcome>,
): Promise<readonly Pair[]> {
  const pairs: Pair[] = [];
  for (let round = 0; round < rounds; round++) {
    const outcomes: Partial<Record<Way, Outcome>> = {};
    const order: readonly Way[] =
      round % 2 === 0 ? ["native", "forwarded"] : ["forwarded", "native"];
    for (const way of order) outcomes[way] = await go(way);
    const pair = outcomes as Pair;
    pairs.push(pair);
    if (pair.native.exitCode !== 0 || pair.forwarded.exitCode !== 0) break;
  }
  return pairs;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
