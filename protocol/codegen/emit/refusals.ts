/**
 * <api>_refusals.c: for a library that implements the API itself (the software device). Every function has a weak
 * refusal that a strong definition overrides, so that nothing is missing and nothing pretends; older symbols with
 * the same meaning and the per-thread variants are made from the current ones.
 */
import { exported, type Plan } from "../plan.ts";
import { banner } from "../text.ts";
import { aliasEntry, perThreadVariant, refusal } from "./common.ts";

export const emitRefusals = (plan: Plan): string => {
  const weak = "__attribute__((weak)) ";
  const entries = exported(plan).flatMap((r) => [
    r.row.flavor === "alias"
      ? aliasEntry(plan, r, weak)
      : refusal(plan, r, r.row.opts.why ?? "The software device does not implement it.", weak),
    perThreadVariant(plan, r, weak),
  ]);
  return `${banner(`Weak refusals of the ${plan.api.name} API.`)}#include "${plan.api.name}_api.h"

/// Logs one line naming the call and returns the API's "not supported". Provided by the library.
extern ${plan.api.result.type} gf_refuse(const char *symbol, const char *why);
/// Above 0 while a per-thread entry point runs on this thread. Provided by the library.
extern _Thread_local int gf_per_thread_stream;

${entries.filter((e) => e !== "").join("\n\n")}
`;
};
