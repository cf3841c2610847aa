/** A campaign's result as people read it. */
import { table } from "../../tools/lib/table.ts";
import type { Summary } from "./compare.ts";
import { WAYS } from "./journal.ts";

const COLUMNS = ["pass", "fail", "warn", "crash", "timeout", "skip"] as const;

export function reportOf(summary: Summary): string {
  const { counts, seconds, losses, gains } = summary;
  const rows = WAYS.map((way) => [
    way,
    ...COLUMNS.map((status) => String(counts[way][status])),
    `${seconds[way].toFixed(1)} s`,
  ]);
  const blamed = losses.filter(({ excuse }) => excuse === undefined);
  const excused = losses.filter(({ excuse }) => excuse !== undefined);
  return [
    table(["", ...COLUMNS, "time"], rows, [
      "left",
      ...COLUMNS.map(() => "right" as const),
      "right",
    ]),
    "",
    `${summary.tests} tests, forwarded / direct time: ${summary.ratio.toFixed(2)}`,
    `lost passes: ${blamed.length}`,
    ...blamed.map(({ name, became, parts }) => `  ${name}: ${became}${partsText(parts)}`),
    ...(excused.length > 0 ? [`lost, but not by forwarding: ${excused.length}`] : []),
    ...excused.map(({ name, became, excuse }) => `  ${name}: ${became} (${excuse})`),
    ...(gains.length > 0 ? [`pass forwarded only: ${gains.length}`] : []),
    ...gains.map((name) => `  ${name}`),
  ].join("\n");
}

function partsText(parts: readonly string[]): string {
  if (parts.length === 0) return "";
  const shown = parts.slice(0, 4).join("; ");
  return ` (parts: ${shown}${parts.length > 4 ? `; ${parts.length - 4} more` : ""})`;
}
