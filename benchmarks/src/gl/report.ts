/** The table that people read, and the files beside it. */
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { kindOf } from "../machine.ts";
import { writeJson } from "../report/files.ts";
import { formatNumber } from "../report/format.ts";
import { machineText } from "../report/markdown.ts";
import type { GlResult, GlRow } from "./result.ts";

export function glTableLine(row: GlRow): string {
  const value = (number: number | null, label: string) =>
    number === null ? "" : `${label} ${formatNumber(number).padStart(6)}`;
  const verdicts = (row.targets ?? []).map(({ text, met }) => `${met ? "met" : "MISSED"}: ${text}`);
  return [
    row.name.padEnd(34),
    value(row.direct, "direct"),
    value(row.forwarded, "forwarded"),
    value(row.virgl, "virgl"),
    row.unit.padEnd(3),
    `ratio ${formatNumber(row.ratio).padStart(5)}`,
    row.virglRatio === null ? "" : `(virgl ${formatNumber(row.virglRatio)})`,
    row.cpu === undefined
      ? ""
      : `encode ${formatNumber(row.cpu.encodeNs)} ns + decode ${formatNumber(row.cpu.decodeNs)} ns`,
    verdicts.join(", "),
  ]
    .filter((part) => part !== "")
    .join("  ");
}

export function glMarkdownOf(result: GlResult): string {
  const targets = result.rows.flatMap((row) => row.targets ?? []);
  const met = targets.filter((target) => target.met).length;
  return [
    `# OpenGL: forwarded against direct, ${result.machine.date}`,
    "",
    machineText(result.machine),
    "",
    `${met} of ${targets.length} targets met. How to read this: [docs/benchmarks.md](../../docs/benchmarks.md).`,
    "",
    "| case | unit | direct | forwarded | virgl | forwarded / direct | virgl / direct | encode + decode | target | met |",
    "|---|---|--:|--:|--:|--:|--:|--:|---|---|",
    ...result.rows.map(rowText),
    "",
  ].join("\n");
}

function rowText(row: GlRow): string {
  const { cpu } = row;
  const targets = row.targets ?? [];
  const cells = [
    `\`${row.name}\``,
    row.unit,
    formatNumber(row.direct),
    formatNumber(row.forwarded),
    formatNumber(row.virgl),
    formatNumber(row.ratio),
    formatNumber(row.virglRatio),
    cpu === undefined ? "" : `${formatNumber(cpu.encodeNs)} + ${formatNumber(cpu.decodeNs)} ns`,
    targets.map(({ text }) => text).join("<br>"),
    targets.map((target) => (target.met ? "yes" : "**no**")).join("<br>"),
  ];
  return `| ${cells.join(" | ")} |`;
}

/** JSON and table side by side, named after the day and the kind of machine. Returns the table's path. */
export function writeGlResultSet(directory: string, result: GlResult): string {
  mkdirSync(directory, { recursive: true });
  const name = `${result.machine.date}-${kindOf(result.machine)}-gl`;
  writeJson(path.join(directory, `${name}.json`), result);
  const table = path.join(directory, `${name}.md`);
  writeFileSync(table, glMarkdownOf(result));
  return table;
}
