/** What a run of the benchmarks found out, as it is written to JSON. */
import type { Machine } from "./machine.ts";
import type { Spread } from "./stats.ts";

/** passthrough: the driver straight in the program. ring: the transport alone. forwarded: the whole line. */
export const MODES = ["passthrough", "ring", "forwarded"] as const;
export type Mode = (typeof MODES)[number];

export type Unit = "µs" | "launches/s" | "GB/s" | "ms";

export interface Row {
  readonly name: string;
  readonly unit: Unit;
  /** Medians over repetitions; null where the mode does not know the case. */
  readonly passthrough: number | null;
  readonly ring: number | null;
  readonly forwarded: number | null;
  /** Median of forwarded / passthrough, repetition by repetition: what slows both down cancels out. */
  readonly ratio: number | null;
  readonly spread: Partial<Record<Mode, Spread>>;
  /** Thread switches that a call cost, in the guest and in its executor; where they are counted. */
  readonly switchesPerCall?: Partial<Record<Mode, number>>;
  readonly targets?: readonly Verdict[];
}

export interface Verdict {
  /** E.g. "≤ 0.3 µs". */
  readonly text: string;
  readonly value: number;
  readonly met: boolean;
}

export interface Result {
  readonly machine: Machine;
  readonly rows: readonly Row[];
}

/** Units of which more is better. */
export function moreIsBetter(unit: Unit): boolean {
  return unit === "GB/s" || unit === "launches/s";
}
