// Durations and sizes as people write them in the configuration, and as tables show them.

const durationUnitsMs: Record<string, number> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  min: 60_000,
  h: 3_600_000,
};

const sizeUnitsBytes: Record<string, number> = {
  B: 1,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
  TiB: 2 ** 40,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
};

function parseWithUnit(text: string, units: Record<string, number>): number | undefined {
  const match = /^(\d+(?:\.\d+)?)\s*([A-Za-z]+)$/.exec(text.trim());
  const factor = match?.[2] === undefined ? undefined : units[match[2]];
  return match === null || factor === undefined ? undefined : Number(match[1]) * factor;
}

/** "250ms", "2s", "1.5min" → milliseconds; undefined if it is no duration. */
export function parseDurationMs(text: string): number | undefined {
  return parseWithUnit(text, durationUnitsMs);
}

/** "512MiB", "16 GiB", "2GB" → bytes; undefined if it is no size. */
export function parseSizeBytes(text: string): number | undefined {
  const bytes = parseWithUnit(text, sizeUnitsBytes);
  return bytes === undefined ? undefined : Math.floor(bytes);
}

export const durationUnits = ["ms", "s", "min", "h"];
export const sizeUnits = ["B", "KiB", "MiB", "GiB", "TiB", "KB", "MB", "GB", "TB"];

/** Three significant digits and a binary unit: 1536 → "1.50 KiB"; Infinity → "unlimited". */
export function formatBytes(bytes: number): string {
  if (!Number.isFinite(bytes)) return "unlimited";
  let value = bytes;
  for (const unit of ["B", "KiB", "MiB", "GiB"]) {
    if (value < 1024) return unit === "B" ? `${value} B` : `${significant(value)} ${unit}`;
    value /= 1024;
  }
  return `${significant(value)} TiB`;
}

/** Nanoseconds in the unit that suits them: 1_500_000 → "1.50 ms". */
export function formatNs(ns: number): string {
  if (ns < 1e3) return `${Math.round(ns)} ns`;
  if (ns < 1e6) return `${significant(ns / 1e3)} µs`;
  if (ns < 1e9) return `${significant(ns / 1e6)} ms`;
  return `${significant(ns / 1e9)} s`;
}

/** Counts with thousands apart: 1234567 → "1,234,567". */
export function formatCount(count: number): string {
  return count.toLocaleString("en-US");
}

function significant(value: number): string {
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2);
}
