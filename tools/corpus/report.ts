/** The table and the counts over all results. */
import { geometricMean, table } from "../lib/table.ts";
import type { Result, Way } from "./judge-program.ts";
import type { Verdict } from "./verdict.ts";

export interface Summary {
  readonly programs: number;
  readonly direct: Readonly<Partial<Record<Verdict, number>>>;
  readonly forwarded: Readonly<Partial<Record<Verdict, number>>>;
  /** Of those that were built and came to a judgement of their own, in percent. */
  readonly passDirectPercent: number;
  /** Passed directly, but not forwarded. */
  readonly lostByForwarding: readonly string[];
  /** Forwarded over direct wall time, geometric mean over those that pass both ways; NaN of none. */
  readonly forwardedOverDirect: number;
  /** What was missed, with the programs that missed it, most wanted first. */
  readonly missing: readonly { readonly what: string; readonly programs: readonly string[] }[];
}

const NOT_JUDGING: readonly Verdict[] = ["silent", "waived", "no data", "unbuilt"];

export function summarise(results: readonly Result[]): Summary {
  const directs = results.map((result) => verdictOf(result, result.direct));
  const judging = directs.filter((verdict) => !NOT_JUDGING.includes(verdict));
  const both = results.filter(
    ({ direct, forwarded }) => direct?.verdict === "pass" && forwarded?.verdict === "pass",
  );
  return {
    programs: results.length,
    direct: count(directs),
    forwarded: count(
      results
        .filter(({ direct, forwarded }) => direct === undefined || forwarded !== undefined)
        .map((result) => verdictOf(result, result.forwarded)),
    ),
    passDirectPercent:
      (100 * judging.filter((verdict) => verdict === "pass").length) / judging.length,
    lostByForwarding: results
      .filter(
        ({ direct, forwarded }) =>
          direct?.verdict === "pass" && forwarded !== undefined && forwarded.verdict !== "pass",
      )
      .map(({ name }) => name),
    forwardedOverDirect: geometricMean(
      both.map(({ direct, forwarded }) => forwarded!.wallMs / direct!.wallMs),
    ),
    missing: wanted(results),
  };
}

function verdictOf(result: Result, way: Way | undefined): Verdict {
  return result.unbuilt !== undefined ? "unbuilt" : (way?.verdict ?? "silent");
}

function count(verdicts: readonly Verdict[]): Partial<Record<Verdict, number>> {
  const counts: Partial<Record<Verdict, number>> = {};
  for (const verdict of verdicts) counts[verdict] = (counts[verdict] ?? 0) + 1;
  return counts;
}

function wanted(results: readonly Result[]): Summary["missing"] {
  const programs = new Map<string, string[]>();
  for (const { name, direct, forwarded } of results) {
    const all = [...(direct?.missing ?? []), ...(forwarded?.missing ?? [])];
    for (const what of new Set(all.map((missing) => `${missing.kind} ${missing.name}`))) {
      programs.set(what, [...(programs.get(what) ?? []), name]);
    }
  }
  return [...programs]
    .map(([what, names]) => ({ what, programs: names }))
    .sort((a, b) => b.programs.length - a.programs.length || (a.what < b.what ? -1 : 1));
}

/** One line of the running commentary. */
export function line(result: Result): string {
  if (result.unbuilt !== undefined) return `${result.name}: unbuilt: ${result.unbuilt}`;
  const way = ({ verdict, wallMs }: Way) => `${verdict} ${wallMs} ms`;
  const { direct, forwarded } = result;
  const tail = direct?.verdict === "pass" ? "" : `  (${direct?.because})`;
  const second = forwarded === undefined ? "" : `, forwarded ${way(forwarded)}`;
  return `${result.name}: ${way(direct!)}${second}${tail}`;
}

export function asTable(results: readonly Result[]): string {
  const rows = results.map((result) => {
    const { name, unbuilt, direct, forwarded } = result;
    return [
      name,
      unbuilt === undefined ? (direct?.verdict ?? "") : "unbuilt",
      direct === undefined ? "" : String(direct.wallMs),
      forwarded?.verdict ?? "",
      forwarded === undefined ? "" : String(forwarded.wallMs),
      why(result).slice(0, 80),
    ];
  });
  return table(["program", "direct", "ms", "forwarded", "ms", "why"], rows, [
    "left",
    "left",
    "right",
    "left",
    "right",
    "left",
  ]);
}

function why({ unbuilt, cut, direct }: Result): string {
  if (unbuilt !== undefined) return unbuilt;
  const reasons = [
    ...(direct?.verdict === "pass" ? [] : [direct?.because ?? ""]),
    ...(cut === undefined || cut.length === 0 ? [] : [`cut: ${cut.join(", ")}`]),
  ];
  return reasons.join("; ");
}

export function asText(summary: Summary): string {
  const counts = (all: Summary["direct"]) =>
    Object.entries(all)
      .map(([verdict, number]) => `${number} ${verdict}`)
      .join(", ");
  const lines = [
    `${summary.programs} programs`,
    `direct:    ${counts(summary.direct)}`,
    `forwarded: ${counts(summary.forwarded)}`,
    `${summary.passDirectPercent.toFixed(1)} % of those that judge themselves pass directly`,
    `passed directly, not forwarded: ${summary.lostByForwarding.join(", ") || "none"}`,
    `forwarded / direct wall time: ${summary.forwardedOverDirect.toFixed(3)} (geometric mean)`,
    ...summary.missing.map(({ what, programs }) => `missing ${what}: ${programs.join(", ")}`),
  ];
  return lines.join("\n");
}
