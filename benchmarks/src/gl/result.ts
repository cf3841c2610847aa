/** What a run of the OpenGL benchmarks found out, as it is written to JSON. */
import type { Machine } from "../machine.ts";
import type { Verdict } from "../result.ts";
import { median, type Spread, spreadOf } from "../stats.ts";

/** direct: this machine's driver straight in the program. virgl: Mesa's virpipe against a virgl_test_server, a peer. */
export const GL_MODES = ["direct", "forwarded", "virgl"] as const;
export type GlMode = (typeof GL_MODES)[number];

/** fps: frames per second. µs: of one thing. ns: of one call. */
export type GlUnit = "fps" | "µs" | "ns";

export interface GlRow {
  readonly name: string;
  readonly unit: GlUnit;
  /** Medians over repetitions; null where the mode does not know the case. */
  readonly direct: number | null;
  readonly forwarded: number | null;
  readonly virgl: number | null;
  /** Medians of forwarded / direct and virgl / direct, repetition by repetition. */
  readonly ratio: number | null;
  readonly virglRatio: number | null;
  readonly spread: Partial<Record<GlMode, Spread>>;
  /** Of rows of calls: nanoseconds of processor time a call, on each side. */
  readonly cpu?: CallCost;
  readonly targets?: readonly Verdict[];
}

export interface CallCost {
  /** Of the guest, for a call. */
  readonly encodeNs: number;
  /** Of the executor, for a call, less what the driver itself takes. */
  readonly decodeNs: number;
  /** Of a program that calls the driver itself. */
  readonly directNs: number;
}

export interface GlResult {
  readonly machine: Machine;
  readonly rows: readonly GlRow[];
}

/** One turn of every mode, one after the other. */
export type GlRepetition = Partial<Record<GlMode, number>>;

export function glRowOf(name: string, unit: GlUnit, repetitions: readonly GlRepetition[]): GlRow {
  const valuesOf = (mode: GlMode) => repetitions.flatMap((repetition) => repetition[mode] ?? []);
  const middle = (values: readonly number[]) => (values.length === 0 ? null : median(values));
  const ratioOf = (mode: GlMode) =>
    middle(
      repetitions.flatMap((repetition) => {
        const { direct } = repetition;
        const other = repetition[mode];
        return direct === undefined || other === undefined ? [] : [other / direct];
      }),
    );
  const spread: Partial<Record<GlMode, Spread>> = {};
  for (const mode of GL_MODES) {
    const values = valuesOf(mode);
    if (values.length > 0) spread[mode] = spreadOf(values);
  }
  return {
    name,
    unit,
    direct: middle(valuesOf("direct")),
    forwarded: middle(valuesOf("forwarded")),
    virgl: middle(valuesOf("virgl")),
    ratio: ratioOf("forwarded"),
    virglRatio: ratioOf("virgl"),
    spread,
  };
}
