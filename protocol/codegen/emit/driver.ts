/** <api>_driver.h: the native library as a table of function pointers, and by which symbol each is found. */
import { exported, type Plan } from "../plan.ts";
import { banner } from "../text.ts";

export const emitDriver = (plan: Plan): string => {
  const rows = exported(plan).filter((r) => r.row.flavor !== "refused");
  return `${banner(`The native ${plan.api.name} library: one pointer a symbol, null where the library has none.`)}#pragma once

#include "${plan.api.name}_api.h"

namespace gpuferry::${plan.api.name} {

struct Driver {
${rows.map(({ row }) => `  decltype(&::${row.symbol}) ${row.symbol} = nullptr;`).join("\n")}
};

/// Calls \`visit(symbol, member pointer)\` for every entry of the table.
template <class Visit> void for_each_symbol(Visit &&visit) {
${rows.map(({ row }) => `  visit("${row.symbol}", &Driver::${row.symbol});`).join("\n")}
}

/// Calls \`visit(symbol, older)\` where an older symbol with the same arguments and meaning can stand in for one that
/// an older library lacks.
template <class Visit> void for_each_older_form(Visit &&visit) {
${exported(plan)
  .filter(({ row }) => row.flavor === "alias")
  .map(({ row }) => `  visit("${row.opts.aliasOf}", "${row.symbol}");`)
  .join("\n")}
}

} // namespace gpuferry::${plan.api.name}
`;
};
