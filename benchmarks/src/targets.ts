/** What gpuferry promises on two cores. A target is judged on the row that carries the promise. */
import type { Row, Verdict } from "./result.ts";

interface Target {
  readonly rows: RegExp;
  readonly text: string;
  /** The number that is judged; null where this row has none. */
  readonly of: (row: Row) => number | null | undefined;
  readonly holds: (value: number) => boolean;
}

const forwarded = (row: Row) => row.forwarded;
const ratio = (row: Row) => row.ratio;
const atMost = (limit: number) => (value: number) => value <= limit;
const atLeast = (limit: number) => (value: number) => value >= limit;

const LARGE = "(16|64|256)MiB$";

export const TARGETS: readonly Target[] = [
  { rows: /^launch_enqueue$/, text: "≤ 0.3 µs", of: forwarded, holds: atMost(0.3) },
  { rows: /^launch_enqueue$/, text: "≤ 0.5 × passthrough", of: ratio, holds: atMost(0.5) },
  { rows: /^sync_call_spinning$/, text: "≤ 2 µs", of: forwarded, holds: atMost(2) },
  { rows: /^sync_call_parked$/, text: "≤ 15 µs", of: forwarded, holds: atMost(15) },
  { rows: /^launches_per_s$/, text: "≥ 1.5 M/s", of: forwarded, holds: atLeast(1.5e6) },
  {
    rows: new RegExp(`_pinned_${LARGE}`),
    text: "≥ 0.95 × passthrough",
    of: ratio,
    holds: atLeast(0.95),
  },
  {
    rows: new RegExp(`_pageable_${LARGE}`),
    text: "≥ 0.85 × passthrough",
    of: ratio,
    holds: atLeast(0.85),
  },
  { rows: /^programs_geomean$/, text: "≤ 1.05 × passthrough", of: ratio, holds: atMost(1.05) },
  {
    // Less than one switch in ten calls: what is left is parking at the end of a burst.
    rows: /^two_threads_launching$/,
    text: "no thread switch a call",
    of: (row) => row.switchesPerCall?.forwarded,
    holds: atMost(0.1),
  },
  { rows: /^connect_first_call$/, text: "≤ 30 ms", of: forwarded, holds: atMost(30) },
];

/** The row with its targets judged; unchanged where it has none. */
export function judged(row: Row): Row {
  const targets = TARGETS.filter(({ rows }) => rows.test(row.name)).flatMap((target): Verdict[] => {
    const value = target.of(row);
    if (value === null || value === undefined) return [];
    return [{ text: target.text, value, met: target.holds(value) }];
  });
  return targets.length === 0 ? row : { ...row, targets };
}
