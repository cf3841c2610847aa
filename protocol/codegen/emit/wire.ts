/** <api>_wire.h: opcodes, handle kinds and the structure of every call on the wire. */
import type { Plan, PlannedRow, WireMember } from "../plan.ts";
import { banner, declare, kindMacro } from "../text.ts";

const structure = (name: string, members: readonly WireMember[], what: string): string[] =>
  members.length === 0
    ? []
    : [
        `/// ${what}`,
        `struct __attribute__((aligned(8))) ${name} {`,
        ...members.map((m) => `  ${declare(m.type, m.name)};`),
        "};",
        `GF_STATIC_ASSERT(sizeof(struct ${name}) % 8 == 0, "frames are counted in eights");`,
      ];

const call = ({ row, request, reply }: PlannedRow): string => {
  const wire = row.opts.wire;
  return [
    ...structure(
      `gf_${row.symbol}_args`,
      request,
      `${row.symbol}: ${row.doc}${wire?.tail ? ` Followed by: ${wire.tail}.` : ""}`,
    ),
    ...structure(
      `gf_${row.symbol}_reply`,
      reply,
      `What comes back.${wire?.replyTail ? ` Followed by: ${wire.replyTail}.` : ""}`,
    ),
  ].join("\n");
};

export const emitWireHeader = (plan: Plan, protocolHash: string): string => {
  const { types } = plan;
  const wired = plan.rows.filter((r) => r.opcode !== null);
  const kinds = types.kinds.map((k, i) => `  ${kindMacro(k)} = ${i + 1},`);
  // X-macro: kind, name, C type, highest special value, result for a handle that names nothing.
  const table = types.kinds.map((k) => {
    const type = types.handleType(k);
    const number = plan.api.numberKinds.find((n) => n.kind === k);
    return `  X(${kindMacro(k)}, "${k}", ${type?.opts.specials ?? 0}, ${type?.opts.invalid ?? number?.invalid ?? plan.api.result.invalidHandle})`;
  });
  const accepts = types.kinds.flatMap((k) =>
    (types.handleType(k)?.opts.accepts ?? []).map(
      (also) => `  X(${kindMacro(k)}, ${kindMacro(also)})`,
    ),
  );
  return `${banner(`The ${plan.api.name} API on the wire.`)}#pragma once

#include "abi/frame.h"
#include "abi/handle.h"
#include "${plan.api.name}_api.h"

/// Hash of everything in protocol/: both sides of a session must have been generated from the same.
#define GF_PROTOCOL_HASH 0x${protocolHash}ull

enum gf_opcode {
${wired.map((r) => `  GF_OP_${r.row.symbol} = ${r.opcode},`).join("\n")}
};
#define GF_OPCODE_COUNT ${Math.max(0, ...wired.map((r) => r.opcode ?? 0)) + 1}

/// What a guest handle may name (abi/handle.h).
enum gf_handle_kind {
${kinds.join("\n")}
};
#define GF_KIND_COUNT ${types.kinds.length + 1}

/// X(kind, name, highest special value, result for a handle that names nothing)
#define GF_KINDS(X) \\
${table.join(" \\\n")}

/// X(kind, kind that may stand in for it)
#define GF_KIND_ACCEPTS(X) \\
${accepts.join(" \\\n")}

${wired
  .map(call)
  .filter((text) => text !== "")
  .join("\n\n")}
`;
};
