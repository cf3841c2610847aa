/** A suite's result as people read it: what forwarding lost, and then what neither way can do. */
import { reportOf as lossReportOf } from "../piglit/report.ts";
import type { SuiteSummary } from "./campaign.ts";
import type { Totals } from "./record.ts";

const REASON_CHARACTERS = 160;

export function reportOf(summary: SuiteSummary): string {
  const { failures, unended, unpaired } = summary;
  return [
    lossReportOf(summary),
    `do not pass either way: ${failures.length}`,
    ...failures.map(({ name, said }) => `  ${name}: ${firstLineOf(said)}`),
    ...(unended.length > 0 ? [`modules that did not end: ${unended.length}`] : []),
    ...unended.map((module) => `  ${module}`),
    ...(unpaired.length > 0 ? [`reached one way alone, and not counted: ${unpaired.length}`] : []),
  ].join("\n");
}

/** What is on record, of this campaign and of those before it. `modules`: how many the suite has. */
export function totalsReportOf(totals: Totals, modules: number): string {
  const { passDirect, passForwarded, skipped, failed, lost, excused } = totals;
  return [
    `on record: ${totals.run} of ${totals.tests} tests in ${totals.modules} of ${modules} modules`,
    `  pass directly ${passDirect}, forwarded ${passForwarded}; skipped ${skipped}; fail both ways ${failed}`,
    `  lost passes: ${lost.length}${excused.length > 0 ? `, and ${excused.length} not by forwarding` : ""}`,
    ...lost.map((name) => `    ${name}`),
  ].join("\n");
}

function firstLineOf(text: string): string {
  return (text.split("\n")[0] ?? "").slice(0, REASON_CHARACTERS);
}
