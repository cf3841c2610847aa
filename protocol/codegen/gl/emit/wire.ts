/** gl_wire.h: opcodes, kinds of names and the structure of every call on the wire. gl_sizes.h: the tables of counts. */
import { KINDS } from "../../../api/gl/model.ts";
import { DescriptionError } from "../../errors.ts";
import { banner } from "../../text.ts";
import type { GlPlan, WireMember } from "../plan.ts";
import { kindC, member } from "./common.ts";

const structure = (name: string, members: readonly WireMember[], what = ""): string =>
  members.length === 0
    ? ""
    : [
        ...(what ? [`/// ${what}`] : []),
        `struct __attribute__((aligned(8))) ${name} {`,
        ...members.map((m) => `  ${member(m)};`),
        "};",
      ].join("\n");

export const emitGlWire = (plan: GlPlan): string => {
  const wired = plan.commands.filter((c) => c.opcode !== null && c.base === c.command.name);
  const entries = [
    ...plan.control.map((c) => ({ symbol: c.symbol, opcode: c.opcode })),
    ...wired.map((c) => ({ symbol: c.command.name, opcode: c.opcode as number })),
  ].sort((a, b) => a.opcode - b.opcode);
  const structures = [
    ...plan.control.flatMap((c) => [
      structure(
        `gf_gl_${c.symbol}_args`,
        c.request,
        `${c.doc}${c.wire?.tail ? ` Followed by: ${c.wire.tail}.` : ""}`,
      ),
      structure(
        `gf_gl_${c.symbol}_reply`,
        c.reply,
        c.wire?.replyTail && `Followed by: ${c.wire.replyTail}.`,
      ),
    ]),
    ...wired.flatMap((c) => [
      structure(
        `gf_gl_${c.command.name}_args`,
        c.request,
        c.row.wire?.tail && `Followed by: ${c.row.wire.tail}.`,
      ),
      structure(
        `gf_gl_${c.command.name}_reply`,
        c.reply,
        c.row.wire?.replyTail && `Followed by: ${c.row.wire.replyTail}.`,
      ),
    ]),
  ];
  return `${banner("OpenGL on the wire.")}#pragma once

#include "abi/frame.h"
#include "abi/gl.h"
#include "gl/draw.h"
#include "gl_api.h"

enum gf_gl_opcode {
${entries.map((e) => `  GF_GL_OP_${e.symbol} = ${e.opcode},`).join("\n")}
};
#define GF_GL_OPCODE_COUNT ${Math.max(0, ...entries.map((e) => e.opcode)) + 1}

/// What a name names. Each kind has a name space of its own.
enum gf_gl_kind {
  GF_GL_KIND_NONE = 0,
${KINDS.map((k, i) => `  ${kindC(k)} = ${i + 1},`).join("\n")}
};
#define GF_GL_KIND_COUNT ${KINDS.length + 1}

${structures.filter((s) => s !== "").join("\n\n")}
`;
};

/** gl_effects.h: what a frame leaves alone, and what it reads. The compiler looks constants up in it. */
export const emitGlEffects = (plan: GlPlan): string => {
  const wired = plan.commands.filter((c) => c.opcode !== null && c.base === c.command.name);
  const names = [...plan.control.map((c) => c.symbol), ...wired.map((c) => c.command.name)];
  const table = (doc: string, name: string, patterns: readonly RegExp[]): string =>
    `/// ${doc}
static const uint8_t ${name}[GF_GL_OPCODE_COUNT] = {
${names
  .filter((symbol) => patterns.some((pattern) => pattern.test(symbol)))
  .map((symbol) => `    [GF_GL_OP_${symbol}] = 1,`)
  .join("\n")}
};`;
  const { keepsState, readsBuffers } = plan.overlay;
  return `${banner("What calls do to what the guest remembers.")}#pragma once

#include "gl_wire.h"

${table("Calls after which remembered state is still so.", "gf_gl_keeps_state", keepsState)}

${table("Calls by which the driver reads buffers.", "gf_gl_reads_buffers", readsBuffers)}
`;
};

const cases = (plan: GlPlan, table: Readonly<Record<string, string | number>>): string => {
  const byResult = new Map<string, string[]>();
  const seen = new Map<string, string>();
  for (const [name, result] of Object.entries(table)) {
    const value = plan.registry.enums.get(name);
    if (value === undefined)
      throw new DescriptionError("protocol/api/gl/pnames.ts", name, "is no enum of the registry");
    const number = String(Number(value));
    const other = seen.get(number);
    if (other !== undefined)
      throw new DescriptionError(
        "protocol/api/gl/pnames.ts",
        name,
        `has the value of ${other}, which is listed already`,
      );
    seen.set(number, name);
    byResult.set(String(result), [...(byResult.get(String(result)) ?? []), name]);
  }
  return [...byResult]
    .map(
      ([result, names]) => `${names.map((n) => `  case ${n}:`).join("\n")}\n    return ${result};`,
    )
    .join("\n");
};

export const emitGlSizes = (plan: GlPlan): string => {
  const { pnameCounts, pnameKinds, objectKinds } = plan.overlay;
  const kinds = (table: typeof pnameKinds): Record<string, string> =>
    Object.fromEntries(Object.entries(table).map(([n, k]) => [n, kindC(k)]));
  return `${banner("Tables of parameter names.")}#pragma once

#include "gl/size.h"
#include "gl_wire.h"

/// How many values the parameter has that \`pname\` names.
static inline uint64_t gf_gl_pname_count(GLenum pname) {
  switch (pname) {
${cases(plan, pnameCounts)}
  default:
    return 1;
  }
}

/// What the value of the parameter \`pname\` names.
static inline enum gf_gl_kind gf_gl_pname_kind(GLenum pname) {
  switch (pname) {
${cases(plan, kinds(pnameKinds))}
  default:
    return GF_GL_KIND_NONE;
  }
}

/// Of what kind a name is that goes with \`identifier\`.
static inline enum gf_gl_kind gf_gl_object_kind(GLenum identifier, enum gf_gl_kind otherwise) {
  switch (identifier) {
${cases(plan, kinds(objectKinds))}
  default:
    return otherwise;
  }
}
`;
};
