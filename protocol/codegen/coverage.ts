/**
 * `npm run coverage:api`: every function of the described APIs and what becomes of it.
 *   --cuda, --gl, --glx, --egl  these alone; all without
 *   --json                      one object a function
 *   --markdown                  as tables
 * Where the software device has been built, says also which functions it implements itself.
 */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { cuda } from "../api/cuda/index.ts";
import { gl } from "../api/gl/index.ts";
import { egl, glx } from "../api/gl/window.ts";
import type { Api, Flavor, Row } from "../api/model.ts";
import {
  type GlCoverage,
  glAsMarkdown,
  glAsTable,
  glCoverage,
  windowCoverage,
} from "./gl/coverage.ts";
import { RegistryMissing, readRegistry } from "./gl/locate.ts";
import { planGl } from "./gl/plan.ts";
import { parseRegistry } from "./gl/registry.ts";
import { parseLock } from "./lock.ts";

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

const protocolDir = join(dirname(fileURLToPath(import.meta.url)), "..");

interface Report {
  readonly rows: readonly unknown[];
  readonly markdown: () => string;
  readonly table: () => string;
}

const cudaReport = (): Report => {
  const library = join(protocolDir, "../build/lib/softcuda/libcuda.so.1");
  const rows = coverageOf(cuda, strongSymbols(library));
  return { rows, markdown: () => asMarkdown(rows), table: () => asTable(rows) };
};

const glReport = (title: string, rows: readonly GlCoverage[]): Report => ({
  rows,
  markdown: () => glAsMarkdown(title, rows),
  table: () => glAsTable(title, rows),
});

const REPORTS: Readonly<Record<string, () => Report>> = {
  cuda: cudaReport,
  gl: () => {
    const opcodes = parseLock(readFileSync(join(protocolDir, "api/gl/opcodes.lock"), "utf8"));
    const plan = planGl(gl, parseRegistry(readRegistry("gl")), opcodes);
    return glReport("OpenGL and OpenGL ES", glCoverage(plan));
  },
  glx: () => glReport("GLX", windowCoverage(glx, parseRegistry(readRegistry("glx")))),
  egl: () => glReport("EGL", windowCoverage(egl, parseRegistry(readRegistry("egl")))),
};

const USAGE = "--json, --markdown, or the APIs to report on: --cuda, --gl, --glx, --egl";

const main = (args: readonly string[]): number => {
  const apis = Object.keys(REPORTS).filter((api) => args.includes(`--${api}`));
  const known = new Set(["--json", "--markdown", ...Object.keys(REPORTS).map((a) => `--${a}`)]);
  const unknown = args.find((a) => !known.has(a));
  if (unknown !== undefined) {
    process.stderr.write(`coverage:api: unknown option ${unknown}; it takes ${USAGE}\n`);
    return 2;
  }
  const reports = (apis.length > 0 ? apis : Object.keys(REPORTS)).map((api) =>
    (REPORTS[api] as () => Report)(),
  );
  const text = args.includes("--json")
    ? `${JSON.stringify(
        reports.flatMap((r) => r.rows),
        null,
        2,
      )}\n`
    : reports.map((r) => (args.includes("--markdown") ? r.markdown() : r.table())).join("\n");
  process.stdout.write(text);
  return 0;
};

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    process.exitCode = main(process.argv.slice(2));
  } catch (error) {
    if (!(error instanceof RegistryMissing)) throw error;
    process.stderr.write(`coverage:api: ${error.message}\n`);
    process.exitCode = 1;
  }
}
