/** <api>_dispatch.cc: the executor's half of every generated call, and the table from opcode to handler. */
import { pointee, type TypeTable } from "../ctypes.ts";
import type { Plan, PlannedArg, PlannedRow } from "../plan.ts";
import { banner, kindMacro } from "../text.ts";

/** A length that another argument holds, or a number. */
const countOf = (count: string): string => (/^\d+$/.test(count) ? count : `args->${count}`);

/** Lines that turn one argument of the frame into a native one, and the expression to pass. */
const decode = ({ types, api }: Plan, arg: PlannedArg): { lines: string[]; pass: string } => {
  const { name, pass } = arg;
  switch (pass.kind) {
    case "value":
    case "flags":
    case "atLeast":
    case "device": {
      const shape = types.shape(arg.type);
      if (shape?.kind === "record") return { lines: [], pass: `args->${name}` };
      const pointer = shape?.kind === "scalar" && shape.pointer;
      return {
        lines: [],
        pass: pointer
          ? `reinterpret_cast<${arg.type}>(args->${name})`
          : `static_cast<${arg.type}>(args->${name})`,
      };
    }
    case "handle":
    case "destroys":
      return {
        lines: [
          `  ${arg.type} ${name}{};`,
          `  if (${api.result.type} error = call.${pass.kind === "destroys" ? "resolve_own" : "resolve"}(${kindMacro(pass.of)}, args->${name}, &${name})) return error;`,
        ],
        pass: name,
      };
    case "mint":
      return { lines: [`  ${pointee(arg.type)} ${name}{};`], pass: `&${name}` };
    case "adopt":
    case "out":
      return {
        lines: [`  ${pointee(arg.type)} ${name}{};`],
        pass: pass.nullable ? `args->wants_${name} ? &${name} : nullptr` : `&${name}`,
      };
    case "in":
    case "inout":
      return {
        lines: [
          `  ${pointee(arg.type)} ${name} = static_cast<${pointee(arg.type)}>(args->${name});`,
          ...types
            .pointerMembers(pointee(arg.type))
            .map((m) => `  ${name}.${m} = nullptr; // the guest's pointers mean nothing here`),
        ],
        pass: pass.nullable ? `args->has_${name} ? &${name} : nullptr` : `&${name}`,
      };
    case "text":
      return {
        lines: [
          `  const char *${name} = call.text(args->${name}_bytes);`,
          `  if (!${name}) return call.poisoned();`,
        ],
        pass: name,
      };
    case "inArray":
      return {
        lines: [
          `  const auto *${name} = call.tail_array<${pointee(arg.type)}>(${countOf(pass.count)});`,
          `  if (!${name}) return call.poisoned();`,
        ],
        pass: arg.type.startsWith("const") ? name : `const_cast<${pointee(arg.type)} *>(${name})`,
      };
    case "outArray":
      return {
        lines: [
          `  auto *${name} = call.reply_tail_array<${pointee(arg.type)}>(${countOf(pass.count)});`,
          `  if (!${name}) return call.poisoned();`,
        ],
        pass: name,
      };
    case "handleArray":
      return {
        lines: [
          `  std::vector<${pointee(arg.type)}> ${name};`,
          `  if (${api.result.type} error = call.resolve_array(${kindMacro(pass.of)}, ${countOf(pass.count)}, ${name})) return error;`,
        ],
        pass: `${name}.data()`,
      };
    case "opaque":
      return { lines: [], pass: "nullptr" };
  }
};

const after = (types: TypeTable, arg: PlannedArg): string[] => {
  const { name, pass } = arg;
  switch (pass.kind) {
    case "mint":
      return [
        `  if (!call.bind(${kindMacro(pass.of)}, args->${name}, ${name})) return call.poisoned();`,
      ];
    case "destroys":
      return [`  call.unbind(${kindMacro(pass.of)}, args->${name});`];
    case "adopt":
      return [
        `  reply->${name} = call.adopt(${kindMacro(pass.of)}, ${name}${pass.owner ? `, args->${pass.owner}` : ""});`,
      ];
    case "out":
    case "inout": {
      const shape = types.shape(pointee(arg.type));
      if (shape?.kind === "record") return [`  reply->${name} = ${name};`];
      const cast =
        shape?.kind === "scalar" && shape.pointer
          ? `reinterpret_cast<uint64_t>(${name})`
          : `static_cast<${shape?.kind === "scalar" ? shape.wire : ""}>(${name})`;
      return [`  reply->${name} = ${cast};`];
    }
    default:
      return [];
  }
};

const handler = (plan: Plan, r: PlannedRow): string => {
  const { row } = r;
  const { result } = plan.api;
  const bound = r.args.flatMap((a) => after(plan.types, a));
  const decoded = r.args.map((a) => decode(plan, a));
  return [
    `static ${result.type} handle_${row.symbol}([[maybe_unused]] Call &call) {`,
    ...(r.request.length
      ? [
          `  const auto *args = call.args<gf_${row.symbol}_args>();`,
          "  if (!args) return call.poisoned();",
        ]
      : []),
    `  auto *native = call.driver().${row.symbol};`,
    `  if (!native) return call.missing("${row.symbol}");`,
    ...(r.reply.length ? [`  auto *reply = call.reply<gf_${row.symbol}_reply>();`] : []),
    ...decoded.flatMap((d) => d.lines),
    ...(row.opts.blocks ? ["  call.will_block();"] : []),
    `  ${result.type} result = native(${decoded.map((d) => d.pass).join(", ")});`,
    ...(bound.length ? [`  if (result != ${result.ok}) return result;`] : []),
    ...bound,
    "  return result;",
    "}",
  ].join("\n");
};

export const emitDispatch = (plan: Plan): string => {
  const wired = plan.rows.filter((r) => r.opcode !== null);
  const custom = wired.filter((r) => r.row.flavor === "custom");
  const table = wired.map(
    ({ row, request }) =>
      `  rows[GF_OP_${row.symbol}] = {"${row.symbol}", ${row.flavor === "custom" ? "custom" : "handle"}_${row.symbol}, ${
        request.length ? `sizeof(gf_${row.symbol}_args)` : "0"
      }, ${row.opts.blocks === true}};`,
  );
  return `${banner(`Dispatch of the ${plan.api.name} API.`)}#include "backends/${plan.api.name}/call.h"

#include <array>
#include <vector>

namespace gpuferry::${plan.api.name} {

// Hand-written, in native/backends/${plan.api.name}.
${custom.map(({ row }) => `${plan.api.result.type} custom_${row.symbol}(Call &call);`).join("\n")}

${wired
  .filter((r) => r.row.flavor !== "custom")
  .map((r) => handler(plan, r))
  .join("\n\n")}

static std::array<HandlerRow, GF_OPCODE_COUNT> make_table() {
  std::array<HandlerRow, GF_OPCODE_COUNT> rows{};
${table.join("\n")}
  return rows;
}

const std::array<HandlerRow, GF_OPCODE_COUNT> &handlers() {
  static const std::array<HandlerRow, GF_OPCODE_COUNT> rows = make_table();
  return rows;
}

} // namespace gpuferry::${plan.api.name}
`;
};
