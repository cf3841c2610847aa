/** Collects a case's repetitions and makes a row of them. */
import { MODES, type Mode, type Row, type Unit } from "./result.ts";
import { median, type Spread, spreadOf } from "./stats.ts";
import type { Samples } from "./worker.ts";

/** One turn of every mode, one after the other. */
export type Repetition = Partial<Record<Mode, number>>;

export function rowOf(name: string, unit: Unit, repetitions: readonly Repetition[]): Row {
  const spread: Partial<Record<Mode, Spread>> = {};
  const medians: Record<Mode, number | null> = { passthrough: null, ring: null, forwarded: null };
  for (const mode of MODES) {
    const values = repetitions.flatMap((repetition) => repetition[mode] ?? []);
    if (values.length === 0) continue;
    medians[mode] = median(values);
    spread[mode] = spreadOf(values);
  }
  const ratios = repetitions.flatMap(({ forwarded, passthrough }) =>
    forwarded === undefined || passthrough === undefined ? [] : [forwarded / passthrough],
  );
  const ratio = ratios.length === 0 ? null : median(ratios);
  return { name, unit, ...medians, ratio, spread };
}

/** The order of the modes in the `index`-th repetition: each comes first, and after each other one, equally often. */
export function turnsOf<M>(modes: readonly M[], index: number): M[] {
  const start = index % modes.length;
  const turned = [...modes.slice(start), ...modes.slice(0, start)];
  return Math.floor(index / modes.length) % 2 === 0 ? turned : turned.reverse();
}

/** Adds up thread switches and the calls they are to be spread over. */
export class SwitchCount {
  readonly #switches: Partial<Record<Mode, number>> = {};
  readonly #calls: Partial<Record<Mode, number>> = {};

  add(mode: Mode, samples: Samples, elsewhere: number): void {
    this.#switches[mode] = (this.#switches[mode] ?? 0) + samples.voluntary_switches + elsewhere;
    this.#calls[mode] = (this.#calls[mode] ?? 0) + samples.calls;
  }

  perCall(): Partial<Record<Mode, number>> {
    const result: Partial<Record<Mode, number>> = {};
    for (const mode of MODES) {
      const calls = this.#calls[mode];
      if (calls !== undefined && calls > 0) result[mode] = (this.#switches[mode] ?? 0) / calls;
    }
    return result;
  }
}
