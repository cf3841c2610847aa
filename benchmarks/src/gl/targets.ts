/** What OpenGL's half of gpuferry promises on two cores. */
import type { Verdict } from "../result.ts";
import { geometricMean } from "../stats.ts";
import type { GlRow } from "./result.ts";

interface Target {
  readonly rows: RegExp;
  readonly text: string;
  readonly of: (row: GlRow) => number | null | undefined;
  readonly holds: (value: number) => boolean;
}

const ratio = (row: GlRow) => row.ratio;
const atLeast = (limit: number) => (value: number) => value >= limit;

const TARGETS: readonly Target[] = [
  { rows: /^frames_geomean_/, text: "≥ 0.90 × direct", of: ratio, holds: atLeast(0.9) },
  {
    rows: /^(glxgears|es2gears|glmark2)/,
    text: "no scene under 0.75 × direct",
    of: ratio,
    holds: atLeast(0.75),
  },
  { rows: /^openarena/, text: "≥ 0.95 × direct", of: ratio, holds: atLeast(0.95) },
  {
    rows: /^calls_/,
    text: "≤ 50 ns to encode and decode",
    of: ({ cpu }) => (cpu === undefined ? null : cpu.encodeNs + cpu.decodeNs),
    holds: (value) => value <= 50,
  },
];

export function glJudged(row: GlRow): GlRow {
  const targets = TARGETS.filter(({ rows }) => rows.test(row.name)).flatMap((target): Verdict[] => {
    const value = target.of(row);
    if (value === null || value === undefined) return [];
    return [{ text: target.text, value, met: target.holds(value) }];
  });
  return targets.length === 0 ? row : { ...row, targets };
}

/** All frame rates of one size in one row: a program counts by its ratio, not by how fast it happens to be. */
export function framesMean(size: string, rows: readonly GlRow[]): GlRow {
  const mean = (of: (row: GlRow) => number | null) => {
    const values = rows.flatMap((row) => of(row) ?? []);
    return values.length === 0 ? null : geometricMean(values);
  };
  return {
    name: `frames_geomean_${size}`,
    unit: "fps",
    direct: mean((row) => row.direct),
    forwarded: mean((row) => row.forwarded),
    virgl: mean((row) => row.virgl),
    ratio: mean((row) => row.ratio),
    virglRatio: mean((row) => row.virglRatio),
    spread: {},
  };
}
