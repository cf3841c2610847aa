/** What becomes of every command of OpenGL, OpenGL ES, GLX and EGL that the registries know. */
import type { WindowSystem } from "../../api/gl/window.ts";
import type { GlPlan, PlannedCommand } from "./plan.ts";
import type { Registry } from "./registry.ts";

export interface GlCoverage {
  readonly symbol: string;
  /** The version or extension that the command came with. */
  readonly since: string;
  readonly answer:
    | "async"
    | "sync"
    | "custom"
    | "in the guest"
    | "alias"
    | "refused"
    | "not offered";
  /** How, or why not. */
  readonly detail: string;
}

const origins = (registry: Registry): Map<string, string[]> => {
  const byCommand = new Map<string, string[]>();
  for (const { name, commands } of [...registry.features, ...registry.extensions]) {
    for (const c of commands) byCommand.set(c, [...(byCommand.get(c) ?? []), name]);
  }
  return byCommand;
};

const HANDS: Readonly<Record<string, string>> = {
  "custom/custom": "hand-written on both sides",
  "custom/generated": "hand-written in the shim",
  "generated/custom": "hand-written in the executor",
};

const answerOf = (c: PlannedCommand): Pick<GlCoverage, "answer" | "detail"> => {
  if (c.guest === "refused") return { answer: "refused", detail: c.row.why ?? "" };
  if (c.base !== c.command.name) return { answer: "alias", detail: `as ${c.base}` };
  if (c.guest === "local") return { answer: "in the guest", detail: c.row.why ?? "" };
  const hands = HANDS[`${c.guest}/${c.host}`];
  if (hands !== undefined) return { answer: "custom", detail: hands };
  return c.sync
    ? { answer: "sync", detail: "round trip" }
    : { answer: "async", detail: c.row.point ? "fire and forget, at once" : "fire and forget" };
};

const bySymbol = (rows: GlCoverage[]): GlCoverage[] =>
  rows.sort((a, b) => (a.symbol < b.symbol ? -1 : 1));

/** Every command of gl.xml. */
export const glCoverage = (plan: GlPlan): GlCoverage[] => {
  const from = origins(plan.registry);
  const planned = new Map(plan.commands.map((c) => [c.command.name, c]));
  return bySymbol(
    [...plan.registry.commands.keys()].map((symbol) => {
      const since = from.get(symbol)?.[0] ?? "no version or extension";
      const c = planned.get(symbol);
      if (c !== undefined) return { symbol, since, ...answerOf(c) };
      return {
        symbol,
        since,
        answer: "not offered",
        detail: `${since} is not among the extensions that are offered (protocol/api/gl/extensions.ts)`,
      };
    }),
  );
};

/** Every command of glx.xml or egl.xml. */
export const windowCoverage = (system: WindowSystem, registry: Registry): GlCoverage[] => {
  const from = origins(registry);
  const offered = new Set([...registry.features.map((f) => f.name), ...system.extensions]);
  return bySymbol(
    [...registry.commands.keys()].map((symbol): GlCoverage => {
      const names = from.get(symbol) ?? [];
      const since = names[0] ?? "no version or extension";
      const missing = system.missing[symbol];
      if (missing !== undefined) return { symbol, since, answer: "refused", detail: missing };
      if (names.some((n) => offered.has(n))) {
        return { symbol, since, answer: "in the guest", detail: "hand-written in the shim" };
      }
      const why = system.reasons.find(([match]) => match.test(since))?.[1] ?? "";
      return { symbol, since, answer: "not offered", detail: why };
    }),
  );
};

export const glTotals = (rows: readonly GlCoverage[]): string => {
  const counts = new Map<string, number>();
  for (const r of rows) counts.set(r.answer, (counts.get(r.answer) ?? 0) + 1);
  return `${rows.length} commands: ${[...counts].map(([a, n]) => `${n} ${a}`).join(", ")}`;
};

export const glAsMarkdown = (title: string, rows: readonly GlCoverage[]): string =>
  [
    `## ${title}`,
    "",
    `${glTotals(rows)}.`,
    "",
    "| command | since | guest's call is | how, or why not |",
    "|---|---|---|---|",
    ...rows.map((r) => `| ${r.symbol} | ${r.since} | ${r.answer} | ${r.detail} |`),
    "",
  ].join("\n");

export const glAsTable = (title: string, rows: readonly GlCoverage[]): string => {
  const symbols = Math.max(...rows.map((r) => r.symbol.length));
  const since = Math.max(...rows.map((r) => r.since.length));
  return [
    ...rows.map(
      (r) =>
        `${r.symbol.padEnd(symbols)}  ${r.since.padEnd(since)}  ${r.answer.padEnd(12)}  ${r.detail}`,
    ),
    "",
    `${title}: ${glTotals(rows)}`,
    "",
  ].join("\n");
};
