/** What the guest's and the software device's generated entry points have in common. */
import type { Plan, PlannedRow } from "../plan.ts";
import { declare, quote } from "../text.ts";

export const signature = (plan: Plan, row: PlannedRow["row"], symbol: string): string =>
  `${row.opts.returns ?? plan.api.result.type} CUDAAPI ${symbol}(${
    row.args.map((a) => declare(a.type, a.name)).join(", ") || "void"
  })`;

const callOf = (row: PlannedRow["row"], symbol: string): string =>
  `${symbol}(${row.args.map((a) => a.name).join(", ")})`;

/** `X_ptsz`: the base entry point with stream 0 meaning the thread's own. */
export const perThreadVariant = (plan: Plan, { row }: PlannedRow, prefix = ""): string =>
  row.opts.perThread === undefined
    ? ""
    : `${prefix}${signature(plan, row, row.symbol + row.opts.perThread[0])} {
  gf_per_thread_stream++;
  ${plan.api.result.type} result = ${callOf(row, row.symbol)};
  gf_per_thread_stream--;
  return result;
}`;

export const aliasEntry = (plan: Plan, { row }: PlannedRow, prefix = ""): string =>
  `${prefix}${signature(plan, row, row.symbol)} { return ${callOf(row, row.opts.aliasOf as string)}; }`;

export const refusal = (plan: Plan, { row }: PlannedRow, why: string, prefix = ""): string =>
  `${prefix}${signature(plan, row, row.symbol)} {
${row.args.map((a) => `  (void)${a.name};`).join("\n")}${row.args.length ? "\n" : ""}  return gf_refuse(${quote(row.symbol)}, ${quote(why)});
}`;
