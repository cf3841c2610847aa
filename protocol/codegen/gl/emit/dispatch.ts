/** gl_dispatch.cc: the executor's half of every command that is not written by hand, and the table of handlers. */
import { banner } from "../../text.ts";
import { bytesAsC, constantOf, paramsOf, parseCount } from "../count.ts";
import { isConst, isPointer, pointeeOf } from "../passes.ts";
import { type GlPlan, isEmbedded, type PlannedCommand, type PlannedParam } from "../plan.ts";
import { arrayBytes, elementBytes, imageOf, kindC, returnsValue } from "./common.ts";

interface Decoded {
  readonly lines: readonly string[];
  readonly pass: string;
  readonly after: readonly string[];
}

const payload = (p: PlannedParam, element: string, needed: string): string[] => [
  `const ${element} *${p.name} = nullptr;`,
  `if (!call.private_payload(args->${p.name}, ${needed}, &${p.name})) return;`,
];

const typed = (name: string, type: string): string =>
  pointeeOf(type) === "void" ? name : `static_cast<${type}>(${name})`;

const counted = (p: PlannedParam): string => {
  const bytes = arrayBytes(p, "args->");
  return `(${bytes}) / sizeof(GLuint)`;
};

/** What generated code takes back from the driver in one array: a reply holds little more. */
const OUT_MAX_BYTES = 48 << 10;

/**
 * Where a parameter only says how much room there is, the driver is told of no more than there is here; null for
 * other parameters.
 */
const roomLimit = (name: string, params: readonly PlannedParam[]): number | null => {
  const limits = params.map((p): number | null => {
    if (p.pass.kind === "outText") return p.pass.capacity === name ? OUT_MAX_BYTES : null;
    if (p.pass.kind !== "out" || !paramsOf(p.pass.count).includes(name)) return null;
    return Math.floor((OUT_MAX_BYTES * parseCount(p.pass.count).divisor) / elementBytes(p));
  });
  const isAlsoInput = params.some(
    (p) => p.pass.kind !== "out" && "count" in p.pass && paramsOf(p.pass.count).includes(name),
  );
  const found = limits.filter((l): l is number => l !== null);
  return found.length === 0 || isAlsoInput ? null : Math.min(...found);
};

const decode = (p: PlannedParam, params: readonly PlannedParam[]): Decoded => {
  const { name, type, pass } = p;
  const element = pointeeOf(type);
  switch (pass.kind) {
    case "value": {
      const limit = roomLimit(name, params);
      if (limit === null) return { lines: [], pass: `args->${name}`, after: [] };
      return {
        lines: [`const ${type} ${name} = std::min<${type}>(args->${name}, ${limit});`],
        pass: name,
        after: [],
      };
    }
    case "name":
      if (pass.of === "sync")
        return {
          lines: [],
          pass: `static_cast<${type === "GLsync" ? "GLsync" : "void *"}>(call.sync(args->${name}))`,
          after: [],
        };
      return { lines: [], pass: `call.name(${kindC(pass.of)}, args->${name})`, after: [] };
    case "nameBy": {
      const otherwise = pass.otherwise ? kindC(pass.otherwise) : "GF_GL_KIND_NONE";
      const kind = `gf_gl_object_kind(args->${pass.by}, ${otherwise})`;
      return { lines: [], pass: `name_of(call, ${kind}, args->${name})`, after: [] };
    }
    case "deleteOne":
      return {
        lines: [],
        pass: `call.name(${kindC(pass.of)}, args->${name})`,
        after: [`call.release_names(${kindC(pass.of)}, &args->${name}, 1);`],
      };
    case "offset":
      return { lines: [], pass: `reinterpret_cast<${type}>(args->${name})`, after: [] };
    case "in": {
      const cast = isConst(type) ? "" : `const_cast<${type}>`;
      const wrap = (text: string): string => (cast ? `${cast}(${text})` : text);
      if (isEmbedded(p)) return { lines: [], pass: wrap(`args->${name}`), after: [] };
      const lines = payload(p, element, arrayBytes(p, "args->"));
      if (!pass.count.includes("pname_count")) return { lines, pass: wrap(name), after: [] };
      // A driver may know more values of a parameter than the table does.
      return {
        lines: [
          ...lines,
          `Padded<${element}> padded_${name}(${name}, gf_gl_${pass.count});`.replace(
            "(pname)",
            "(args->pname)",
          ),
        ],
        pass: wrap(`padded_${name}.data()`),
        after: [],
      };
    }
    case "names":
      return {
        lines: [
          ...payload(p, "GLuint", arrayBytes(p, "args->")),
          `const GLuint *native_${name} = call.names(${kindC(pass.of)}, ${name}, ${name} ? ${counted(p)} : 0);`,
        ],
        pass: `native_${name}`,
        after: [],
      };
    case "delete":
      return {
        lines: [
          ...payload(p, "GLuint", arrayBytes(p, "args->")),
          `const GLuint *native_${name} = call.names(${kindC(pass.of)}, ${name}, ${name} ? ${counted(p)} : 0);`,
        ],
        pass: `native_${name}`,
        after: [`if (${name}) call.release_names(${kindC(pass.of)}, ${name}, ${counted(p)});`],
      };
    case "gen":
      return {
        lines: [
          ...payload(p, "GLuint", arrayBytes(p, "args->")),
          `GLuint *native_${name} = ${name} ? call.scratch<GLuint>(${counted(p)}) : nullptr;`,
          `if (${name} && !native_${name}) return;`,
          `if (${name}) std::fill_n(native_${name}, ${counted(p)}, 0u);`,
        ],
        pass: `native_${name}`,
        after: [
          `if (${name}) call.bind_names(${kindC(pass.of)}, ${name}, native_${name}, ${counted(p)});`,
        ],
      };
    case "text": {
      const lines = [
        `const GLchar *${name} = nullptr;`,
        `if (!gl::text(call, args->${name}, ${pass.length ? `args->${pass.length}` : "-1"}, &${name})) return;`,
      ];
      return { lines, pass: name, after: [] };
    }
    case "texts":
      return {
        lines: [
          `Texts ${name};`,
          `if (!gl::texts(call, args->${name}, args->${pass.count}, &${name})) return;`,
        ],
        pass:
          type.includes("const *") || type.includes("*const")
            ? `${name}.strings`
            : `const_cast<${type}>(${name}.strings)`,
        after: [],
      };
    case "lengths": {
      const owner = params.find((o) => o.pass.kind === "texts" && o.pass.lengths === name);
      return { lines: [], pass: `${owner?.name}.lengths`, after: [] };
    }
    case "out": {
      const all = bytesAsC(pass.count, 1, "args->");
      const limit = Math.floor(OUT_MAX_BYTES / elementBytes(p));
      const fixed = constantOf(pass.count) !== null;
      const isTold = paramsOf(pass.count).every((c) => roomLimit(c, params) !== null);
      const kind = pass.names
        ? kindC(pass.names)
        : pass.pname && `gf_gl_pname_kind(args->${pass.pname})`;
      return {
        lines: [
          // What also counts an input cannot be made smaller for the driver.
          ...(fixed || isTold
            ? []
            : [`if (${all} > ${limit}u) return call.violate("more values than a reply holds");`]),
          `Out<${element}> ${name}(call, ${fixed ? all : `std::min<uint64_t>(${all}, ${limit}u)`});`,
          `if (!${name}.data) return;`,
        ],
        pass: `${name}.data`,
        after: [
          // Not read back from the reply: the guest can write there.
          `const uint32_t ${name}_count = ${name}.written();`,
          `reply->${name}_count = ${name}_count;`,
          ...(kind ? [`name_back(call, ${kind}, ${name}.data, ${name}_count);`] : []),
          `${name}.send(call, ${name}_count);`,
        ],
      };
    }
    case "outText":
      return {
        lines: [`OutText ${name}(call, args->${pass.capacity});`, `if (!${name}.data) return;`],
        pass: `${name}.data`,
        after: [`reply->${name}_length = ${name}.send(call);`],
      };
    case "outLength": {
      const owner = params.find((o) => o.pass.kind === "outText" && o.pass.length === name);
      return { lines: [], pass: owner ? `&${owner.name}.length` : "nullptr", after: [] };
    }
    case "array":
      return { lines: [], pass: `array_pointer(call, args->${name})`, after: [] };
    case "image":
      return {
        lines: [
          `const void *${name} = nullptr;`,
          `if (!image(call, args->${name}, gf_image${imageOf(pass.image, "args->")}, &${name})) return;`,
        ],
        pass: typed(name, type),
        after: [],
      };
    case "imageBytes":
      return {
        lines: [
          `const void *${name} = nullptr;`,
          `if (!image_bytes(call, args->${name}, gf_image${imageOf(pass.image, "args->")}, ${arrayBytes(p, "args->")}, &${name})) return;`,
        ],
        pass: typed(name, type),
        after: [],
      };
    case "imageOut":
      return {
        lines: [
          `void *${name} = nullptr;`,
          `if (!image_out(call, args->${name}, gf_image${imageOf(pass.image, "args->")}, &${name})) return;`,
        ],
        pass: typed(name, type),
        after: [],
      };
    case "opaque":
      return { lines: [], pass: "nullptr", after: [] };
  }
};

const shadowed = (c: PlannedCommand): string[] => {
  if (!c.row.shadow) return [];
  const args = c.params.map(({ name, type, pass }) => {
    if (pass.kind === "value" || pass.kind === "name") return `args->${name}`;
    return isPointer(type) && !["array", "offset"].includes(pass.kind)
      ? name
      : `reinterpret_cast<${type}>(args->${name})`;
  });
  return [`gf_shadow_${c.command.name}(${["&call.context().client", ...args].join(", ")});`];
};

const handler = (c: PlannedCommand): string => {
  const name = c.command.name;
  const decoded = c.params.map((p) => decode(p, c.params));
  // An outLength is declared by its text, which may come later.
  const invoke = `native(${decoded.map((d) => d.pass).join(", ")})`;
  const result = returnsValue(c);
  const keep = c.row.creates ?? c.row.named;
  const lines = [
    ...(c.request.length
      ? [`[[maybe_unused]] const auto *args = call.args<gf_gl_${name}_args>();`]
      : []),
    `const auto native = call.driver().${name};`,
    `if (!native) [[unlikely]] return call.missing("${name}");`,
    ...(c.row.guard
      ? [`const ${c.row.guard} guard(call, *args);`, "if (!guard.passes()) return;"]
      : []),
    ...(c.reply.length ? [`auto *reply = call.reply<gf_gl_${name}_reply>();`] : []),
    ...decoded.flatMap((d) => d.lines),
    result ? `${keep ? "const GLuint made" : "reply->result"} = ${invoke};` : `${invoke};`,
    ...(c.row.creates
      ? [`call.bind_names(${kindC(c.row.creates)}, &args->result, &made, 1);`]
      : []),
    ...(c.row.named ? [`reply->result = call.guest_name(${kindC(c.row.named)}, made);`] : []),
    ...decoded.flatMap((d) => d.after),
    ...shadowed(c),
    ...(c.row.observeHost ? [`observe_${name}(call);`] : []),
  ];
  return [`static void handle_${name}(GlCall &call) {`, ...lines.map((l) => `  ${l}`), "}"].join(
    "\n",
  );
};

export const emitGlDispatch = (plan: GlPlan): string => {
  const wired = plan.commands.filter((c) => c.opcode !== null && c.base === c.command.name);
  const custom = [
    ...plan.control.map((c) => c.symbol),
    ...wired.filter((c) => c.host === "custom").map((c) => c.command.name),
  ];
  const row = (symbol: string, prefix: string, hasArgs: boolean, more = ""): string =>
    `  rows[GF_GL_OP_${symbol}] = {"${symbol}", ${prefix}_${symbol}, ${hasArgs ? `sizeof(gf_gl_${symbol}_args)` : "0"}${more}};`;
  const table = [
    ...plan.control.map((c) =>
      row(
        c.symbol,
        "custom",
        c.wire === undefined || c.request.length > 0,
        c.anywhere ? ", true" : "",
      ),
    ),
    ...wired.map((c) =>
      row(c.command.name, c.host === "custom" ? "custom" : "handle", c.request.length > 0),
    ),
  ];
  return `${banner("Dispatch of OpenGL.")}#include "backends/gl/data/draw_guard.h"
#include "backends/gl/data/image.h"
#include "backends/gl/decode.h"

#include <algorithm>
#include <array>

#include "gl/shadow.h"
#include "gl_sizes.h"
#include "gl_wire.h"

namespace gpuferry::gl {

// Written by hand, in native/backends/gl.
${custom.map((s) => `void custom_${s}(GlCall &call);`).join("\n")}

${wired
  .filter((c) => c.row.observeHost)
  .map((c) => `void observe_${c.command.name}(GlCall &call);`)
  .join("\n")}

${wired
  .filter((c) => c.host === "generated")
  .map(handler)
  .join("\n\n")}

static std::array<GlHandlerRow, GF_GL_OPCODE_COUNT> make_table() {
  std::array<GlHandlerRow, GF_GL_OPCODE_COUNT> rows{};
${table.join("\n")}
  return rows;
}

const std::array<GlHandlerRow, GF_GL_OPCODE_COUNT> &gl_handlers() {
  static const std::array<GlHandlerRow, GF_GL_OPCODE_COUNT> rows = make_table();
  return rows;
}

} // namespace gpuferry::gl
`;
};
