/** The statistics that the tables show. Medians throughout: one preempted call must not move a number. */

export interface Spread {
  readonly min: number;
  /** First and third quartile. */
  readonly q1: number;
  readonly q3: number;
  readonly max: number;
  /** Repetitions. */
  readonly n: number;
}

/** Linear interpolation between order statistics. `p` from 0 to 1. @throws RangeError without values */
export function quantile(values: readonly number[], p: number): number {
  if (values.length === 0) throw new RangeError("a quantile of no values");
  const sorted = [...values].sort((a, b) => a - b);
  const at = p * (sorted.length - 1);
  const below = sorted[Math.floor(at)]!;
  const above = sorted[Math.ceil(at)]!;
  return below + (above - below) * (at - Math.floor(at));
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

export function spreadOf(values: readonly number[]): Spread {
  return {
    min: quantile(values, 0),
    q1: quantile(values, 0.25),
    q3: quantile(values, 0.75),
    max: quantile(values, 1),
    n: values.length,
  };
}

/** @throws RangeError without values */
export function geometricMean(values: readonly number[]): number {
  if (values.length === 0) throw new RangeError("a mean of no values");
  return Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);
}
