/** Numbers as people read them: three significant digits, and no more zeros than needed. */
import type { Unit } from "../result.ts";

export function formatNumber(value: number | null | undefined): string {
  if (value === null || value === undefined) return "–";
  if (value === 0) return "0";
  const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))));
  return value.toFixed(Math.min(digits, 4));
}

/** Rates count in millions. */
export function formatValue(value: number | null, unit: Unit): string {
  return formatNumber(value !== null && unit === "launches/s" ? value / 1e6 : value);
}

export function formatUnit(unit: Unit): string {
  return unit === "launches/s" ? "M launches/s" : unit;
}
