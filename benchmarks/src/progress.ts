/** What somebody who waits for the benchmarks sees: a line a row, and meanwhile the name of the one that runs. */
import { formatNumber, formatUnit, formatValue } from "./report/format.ts";
import type { Row } from "./result.ts";

export function progress(name: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\x1b[2K${name} …\r`);
}

export function tableLine(row: Row): string {
  const value = (number: number | null, label: string) =>
    `${label} ${formatValue(number, row.unit).padStart(7)}`;
  const verdicts = (row.targets ?? []).map(({ text, met }) => `${met ? "met" : "MISSED"}: ${text}`);
  const switches = row.switchesPerCall?.forwarded;
  if (switches !== undefined) verdicts.push(`${formatNumber(switches)} switches a call`);
  return [
    row.name.padEnd(26),
    value(row.passthrough, "passthrough"),
    value(row.ring, "ring"),
    value(row.forwarded, "forwarded"),
    formatUnit(row.unit).padEnd(12),
    `ratio ${formatNumber(row.ratio).padStart(6)}`,
    verdicts.join(", "),
  ]
    .join("  ")
    .trimEnd();
}
