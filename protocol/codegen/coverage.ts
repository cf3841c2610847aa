/**
 * `npm run coverage:api`: every function of the described APIs and what becomes of it.
 *   --json      one object a function
 *   --markdown  the table that docs/api-coverage.md holds
 * Where the software device has been built, says also which functions it implements itself.
 */
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { cuda } from "../api/cuda/index.ts";
import type { Api, Flavor, Row } from "../api/model.ts";

export interface Coverage {
  readonly symbol: string;
  readonly since: number;
  /** How a guest's call is answered. */
  readonly answer: "forwarded" | "custom" | "in the guest" | "older form" | "refused";
  readonly detail: string;
  /** Whether our software device implements it; null where it is not built. */
  readonly soft: boolean | null;
}

const ANSWER: Readonly<Record<Flavor, Coverage["answer"]>> = {
  async: "forwarded",
  sync: "forwarded",
  custom: "custom",
  local: "in the guest",
  alias: "older form",
  refused: "refused",
};

const detailOf = (row: Row): string => {
  switch (row.flavor) {
    case "async":
      return "fire and forget";
    case "sync":
      return "round trip";
    case "custom":
      return "hand-written on both sides";
    case "local":
      return "hand-written in the shim";
    case "alias":
      return `as ${row.opts.aliasOf}`;
    case "refused":
      return row.opts.why ?? "";
  }
};

export const coverageOf = (api: Api, soft: ReadonlySet<string> | null): Coverage[] =>
  api.files
    .flatMap((f) => f.rows)
    .filter((row) => !row.opts.internal)
    .map((row) => ({
      symbol: row.symbol,
      since: row.since,
      answer: ANSWER[row.flavor],
      detail: detailOf(row),
      soft:
        soft === null
          ? null
          : soft.has(row.flavor === "alias" ? (row.opts.aliasOf ?? "") : row.symbol),
    }))
    .sort((a, b) => a.symbol.localeCompare(b.symbol));

/** Strong exported functions: what a library implements beside the generated, weak refusals. */
export const strongSymbols = (library: string): ReadonlySet<string> | null => {
  if (!existsSync(library)) return null;
  const listing = execFileSync("nm", ["-D", "--defined-only", library], {
    encoding: "utf8",
    maxBuffer: 1 << 26,
  });
  return new Set([...listing.matchAll(/ T (\w+)/g)].map(([, symbol]) => symbol as string));
};

const version = (since: number): string => `${Math.floor(since / 1000)}.${(since % 1000) / 10}`;

const totals = (rows: readonly Coverage[]): string => {
  const counts = byAnswer(rows);
  const parts = [...counts].map(([answer, of]) => `${of.length} ${answer}`);
  const soft = rows.filter((r) => r.soft).length;
  return `${rows.length} functions: ${parts.join(", ")}${rows[0]?.soft === null ? "" : `; ${soft} implemented by the software device`}`;
};

const byAnswer = (rows: readonly Coverage[]): Map<Coverage["answer"], Coverage[]> => {
  const groups = new Map<Coverage["answer"], Coverage[]>();
  for (const r of rows) groups.set(r.answer, [...(groups.get(r.answer) ?? []), r]);
  return groups;
};

const softMark = (soft: boolean | null): string => (soft === null ? "?" : soft ? "yes" : "no");

export const asMarkdown = (rows: readonly Coverage[]): string =>
  [
    `${totals(rows)}.`,
    "",
    "| function | since CUDA | guest's call is | how, or why not | software device |",
    "|---|---|---|---|---|",
    ...rows.map(
      (r) =>
        `| ${r.symbol} | ${version(r.since)} | ${r.answer} | ${r.detail} | ${softMark(r.soft)} |`,
    ),
    "",
  ].join("\n");

export const asTable = (rows: readonly Coverage[]): string => {
  const width = Math.max(...rows.map((r) => r.symbol.length));
  return [
    ...rows.map(
      (r) =>
        `${r.symbol.padEnd(width)}  ${version(r.since).padStart(5)}  ${r.answer.padEnd(12)}  ${r.detail}`,
    ),
    "",
    totals(rows),
    "",
  ].join("\n");
};

const main = (args: readonly string[]): number => {
  const unknown = args.find((a) => a !== "--json" && a !== "--markdown");
  if (unknown !== undefined) {
    process.stderr.write(
      `coverage:api: unknown option ${unknown}; it takes --json or --markdown\n`,
    );
    return 2;
  }
  const root = join(dirname(fileURLToPath(import.meta.url)), "../..");
  const rows = coverageOf(cuda, strongSymbols(join(root, "build/lib/softcuda/libcuda.so.1")));
  const text = args.includes("--json")
    ? `${JSON.stringify(rows, null, 2)}\n`
    : args.includes("--markdown")
      ? asMarkdown(rows)
      : asTable(rows);
  process.stdout.write(text);
  return 0;
};

if (process.argv[1] === fileURLToPath(import.meta.url))
  process.exitCode = main(process.argv.slice(2));
