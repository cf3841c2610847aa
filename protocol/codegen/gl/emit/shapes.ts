/** gl_shapes.h: what lies where in each command's frame, for tests that make frames of their own. */
import { KINDS } from "../../../api/gl/model.ts";
import { banner } from "../../text.ts";
import type { GlPlan, PlannedCommand, WireMember } from "../plan.ts";
import { kindC } from "./common.ts";

interface Field {
  readonly member: WireMember;
  readonly sort: "integer" | "real" | "oneOf" | "name" | "payload" | "range";
  /** A group's index for `oneOf`, a kind for `name` and for a payload of names. */
  readonly of: string;
}

/** Groups of the registry that parameters refer to, in a fixed order. */
const groupsOf = (plan: GlPlan): Map<string, number> => {
  const used = plan.commands.flatMap((c) => c.command.params.map((p) => p.group ?? ""));
  const known = [...new Set(used)].filter((g) => (plan.registry.groups.get(g) ?? []).length > 0);
  return new Map(known.sort().map((g, i) => [g, i]));
};

const fieldOf = (
  c: PlannedCommand,
  member: WireMember,
  groups: ReadonlyMap<string, number>,
): Field => {
  const param = c.params.find((p) => p.name === member.name);
  const group = groups.get(c.command.params.find((p) => p.name === member.name)?.group ?? "");
  const of = param && "of" in param.pass ? param.pass.of : undefined;
  const kind = of !== undefined && (KINDS as readonly string[]).includes(of) ? kindC(of) : "0";
  if (member.type === "struct gf_gl_payload") return { member, sort: "payload", of: kind };
  if (member.type === "struct gf_heap_range") return { member, sort: "range", of: "0" };
  if (kind !== "0") return { member, sort: "name", of: kind };
  if (group !== undefined) return { member, sort: "oneOf", of: String(group) };
  const real = /^(GLfloat|GLdouble|GLclamp[fd]|float|double)$/.test(member.type);
  return { member, sort: real ? "real" : "integer", of: "0" };
};

export const emitGlShapes = (plan: GlPlan): string => {
  const groups = groupsOf(plan);
  const wired = plan.commands.filter((c) => c.opcode !== null && c.base === c.command.name);
  const fields: string[] = [];
  const shapes = wired.map((c) => {
    const first = fields.length;
    for (const m of c.request) {
      const { sort, of } = fieldOf(c, m, groups);
      fields.push(
        `  {offsetof(gf_gl_${c.command.name}_args, ${m.name}), ${m.bytes}, ${m.elements ?? 1}, GlField::${sort}, ${of}},`,
      );
    }
    return `  shapes[GF_GL_OP_${c.command.name}] = {${first}, ${c.request.length}, ${c.sync}};`;
  });
  const values: string[] = [];
  const spans = [...groups.keys()].map((g) => {
    const names = plan.registry.groups.get(g) ?? [];
    const first = values.length;
    values.push(...names);
    return `  {${first}, ${names.length}}, // ${g}`;
  });
  return `${banner("What lies where in each command's frame, for tests that make frames of their own.")}#pragma once

#include "gl_wire.h"

#include <array>
#include <cstddef>
#include <cstdint>

namespace gpuferry::gl {

struct GlField {
  enum Sort : uint8_t {
    integer,
    real,
    oneOf, ///< an enum of group \`of\`
    name,  ///< of kind \`of\`
    payload, ///< of names, if \`of\` is not 0
    range,
  };
  uint16_t offset_bytes;
  uint8_t element_bytes;
  uint8_t elements;
  Sort sort;
  uint16_t of;
};

struct GlShape {
  uint16_t first_field;
  uint16_t field_count;
  bool sync;
};

inline constexpr GlField kGlFields[] = {
${fields.join("\n")}
};

/// Values of the registry's groups of enums, one behind the other.
inline constexpr uint32_t kGlGroupValues[] = {
${values.map((v) => `  static_cast<uint32_t>(${v}),`).join("\n")}
};

struct GlGroup {
  uint16_t first;
  uint16_t count;
};

inline constexpr GlGroup kGlGroups[] = {
${spans.join("\n")}
};

inline std::array<GlShape, GF_GL_OPCODE_COUNT> make_gl_shapes() {
  std::array<GlShape, GF_GL_OPCODE_COUNT> shapes{};
${shapes.join("\n")}
  return shapes;
}

} // namespace gpuferry::gl
`;
};
