/** The table that people read. */
import type { Machine } from "../machine.ts";
import type { Result, Row } from "../result.ts";
import { formatNumber, formatUnit, formatValue } from "./format.ts";

export function markdownOf(result: Result, plotFile: string): string {
  const targets = result.rows.flatMap((row) => row.targets ?? []);
  const met = targets.filter((target) => target.met).length;
  return [
    `# Forwarded against passthrough, ${result.machine.date}`,
    "",
    machineText(result.machine),
    "",
    `${met} of ${targets.length} targets met. How to read this: [docs/benchmarks.md](../../docs/benchmarks.md).`,
    "",
    `![Ratios of all cases](${plotFile})`,
    "",
    "| case | unit | passthrough | bare ring | forwarded | forwarded / passthrough | target | met |",
    "|---|---|--:|--:|--:|--:|---|---|",
    ...result.rows.map(rowText),
    "",
    ...switchText(result.rows),
  ].join("\n");
}

export function machineText(machine: Machine): string {
  const parts = [
    machine.cpu,
    `${machine.cores} cores${machine.virtual ? " (virtual machine)" : ""}`,
    `${machine.memoryGiB} GiB`,
    `Linux ${machine.kernel}`,
    `Node ${machine.node}`,
    `driver: ${machine.driver}`,
    `commit ${machine.commit}`,
    `load before the run ${machine.loadBefore}`,
    ...(machine.scheduling === "real-time" ? ["run at real-time priority, others kept away"] : []),
  ];
  return `${parts.join(" · ")}${machine.quick ? " · **quick run: fewer repetitions**" : ""}`;
}

function rowText(row: Row): string {
  const value = (number: number | null) => formatValue(number, row.unit);
  const targets = row.targets ?? [];
  const cells = [
    `\`${row.name}\``,
    formatUnit(row.unit),
    value(row.passthrough),
    value(row.ring),
    value(row.forwarded),
    formatNumber(row.ratio),
    targets.map(({ text }) => text).join("<br>"),
    targets.map((target) => (target.met ? "yes" : "**no**")).join("<br>"),
  ];
  return `| ${cells.join(" | ")} |`;
}

function switchText(rows: readonly Row[]): string[] {
  return rows.flatMap(({ name, switchesPerCall }) => {
    if (switchesPerCall === undefined) return [];
    const each = Object.entries(switchesPerCall).map(
      ([mode, count]) => `${formatNumber(count)} ${mode}`,
    );
    return [`Voluntary thread switches a call in \`${name}\`: ${each.join(", ")}.`, ""];
  });
}
