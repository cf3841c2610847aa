/** <api>_procs.inc: every symbol with the versions and flags by which cuGetProcAddress finds it. */
import { exported, type Plan } from "../plan.ts";
import { banner } from "../text.ts";

export const emitProcs = (plan: Plan): string => {
  const rows = exported(plan).flatMap(({ row, base }) => [
    `GF_PROC("${base}", ${row.symbol}, ${row.since}, 0)`,
    ...(row.opts.perThread
      ? [`GF_PROC("${base}", ${row.symbol}${row.opts.perThread[0]}, ${row.opts.perThread[1]}, 1)`]
      : []),
  ]);
  return `${banner("GF_PROC(base name, symbol, first version, per-thread default stream), ordered by name and version.")}${[
    ...rows,
  ]
    .sort()
    .join("\n")}\n`;
};
