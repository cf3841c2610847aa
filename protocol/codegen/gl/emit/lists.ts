/** gl_procs.inc, gl_not_offered.inc, gl_extensions.inc and gl_driver.h: lists of names. */
import { banner } from "../../text.ts";
import type { GlPlan } from "../plan.ts";

/** In the order of strcmp, for a binary search. */
export const emitGlProcs = ({ commands }: GlPlan): string =>
  `${banner("GF_GL_PROC(symbol), in the order of strcmp.")}${commands
    .map((c) => `GF_GL_PROC(${c.command.name})`)
    .join("\n")}\n`;

/** The registry's other commands, in the order of strcmp. */
export const emitGlNotOffered = ({ registry, commands }: GlPlan): string => {
  const planned = new Set(commands.map((c) => c.command.name));
  const others = [...registry.commands.keys()].filter((name) => !planned.has(name)).sort();
  return `${banner("GF_GL_NOT_OFFERED(symbol): commands of extensions that are not offered, in the order of strcmp.")}${others
    .map((name) => `GF_GL_NOT_OFFERED(${name})`)
    .join("\n")}\n`;
};

/** Extensions of the registry all of whose commands are forwarded, and those that have none. */
export const forwardedExtensions = ({ registry, commands, overlay }: GlPlan): string[] => {
  const forwarded = new Set(
    commands.filter((c) => c.guest !== "refused" || c.row.alsoNatively).map((c) => c.command.name),
  );
  const known = new Map<string, boolean>();
  for (const e of registry.extensions)
    known.set(
      e.name,
      e.commands.every((name) => forwarded.has(name)),
    );
  // Advertised by drivers, unknown to the registry: nothing but new enums or shader words.
  for (const name of overlay.scope.extensions) if (!known.has(name)) known.set(name, true);
  return [...known]
    .filter(([name, all]) => all && !(name in overlay.scope.withheld))
    .map(([name]) => name)
    .filter((name) => name.startsWith("GL_"))
    .sort();
};

export const emitGlExtensions = (plan: GlPlan): string =>
  `${banner("GF_GL_EXTENSION(name): may be advertised if the host's driver has it. In the order of strcmp.")}${forwardedExtensions(
    plan,
  )
    .map((name) => `GF_GL_EXTENSION("${name}")`)
    .join("\n")}\n`;

export const emitGlDriver = ({ commands }: GlPlan): string => {
  const own = commands.filter((c) => c.base === c.command.name && c.guest !== "refused");
  const aliases = commands.filter((c) => c.base !== c.command.name);
  return `${banner("The native OpenGL: one pointer a command, null where the driver has none.")}#pragma once

#include "gl_api.h"

namespace gpuferry::gl {

struct GlDriver {
${own.map((c) => `  decltype(&::${c.command.name}) ${c.command.name} = nullptr;`).join("\n")}
};

/// Calls \`visit(symbol, member pointer)\` for every entry of the table.
template <class Visit> void for_each_gl_symbol(Visit &&visit) {
${own.map((c) => `  visit("${c.command.name}", &GlDriver::${c.command.name});`).join("\n")}
}

/// Calls \`visit(symbol, other name)\` for commands that a driver may have under another name only.
template <class Visit> void for_each_gl_alias(Visit &&visit) {
${aliases.map((c) => `  visit("${c.base}", "${c.command.name}");`).join("\n")}
}

} // namespace gpuferry::gl
`;
};
