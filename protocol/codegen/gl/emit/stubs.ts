/** gl_stubs.c: the guest's half of every command that is not written by hand, and gl_send.h for those that are. */
import { banner, declare } from "../../text.ts";
import { type GlPlan, isEmbedded, type PlannedCommand, type PlannedParam } from "../plan.ts";
import { arrayBytes, elementBytes, imageOf, kindC, returnsValue, signature } from "./common.ts";

const zero = (c: PlannedCommand): string => (returnsValue(c) ? "return 0;" : "return;");

/** Lines before the frame: how long its arrays are. */
const measure = (p: PlannedParam): string[] => {
  const { name, pass } = p;
  switch (pass.kind) {
    case "in":
      return isEmbedded(p)
        ? []
        : [`const uint64_t ${name}_bytes = ${name} ? ${arrayBytes(p, "")} : 0;`];
    case "names":
    case "delete":
      return [`const uint64_t ${name}_bytes = ${name} ? ${arrayBytes(p, "")} : 0;`];
    case "gen":
      return [
        `const uint64_t ${name}_bytes = ${name} ? ${arrayBytes(p, "")} : 0;`,
        `if (${name}_bytes) gf_gl_names_gen(${kindC(pass.of)}, (GLsizei)(${name}_bytes / sizeof *${name}), ${name});`,
      ];
    case "text":
      return [`const uint64_t ${name}_bytes = gf_gl_text_bytes(${name}, ${pass.length ?? "-1"});`];
    case "texts":
      return [
        `uint64_t ${name}_bytes = 0;`,
        `void *${name}_packed = gf_gl_pack_texts(${pass.count}, (const GLchar *const *)${name}, ${pass.lengths ?? "NULL"}, &${name}_bytes);`,
      ];
    case "image":
      return [
        `struct gf_gl_image_in ${name}_image;`,
        `gf_gl_image_in(&(struct gf_image)${imageOf(pass.image, "")}, ${name}, &${name}_image);`,
      ];
    case "imageBytes":
      return [
        `struct gf_gl_image_in ${name}_image;`,
        `gf_gl_bytes_in(&(struct gf_image)${imageOf(pass.image, "")}, ${arrayBytes(p, "")}, ${name}, &${name}_image);`,
      ];
    case "imageOut":
      return [
        `struct gf_gl_image_out ${name}_image;`,
        `if (gf_gl_image_out(lane, &(struct gf_image)${imageOf(pass.image, "")}, ${name}, &${name}_image) != 0) return;`,
      ];
    default:
      return [];
  }
};

const isImage = (p: PlannedParam): boolean => ["image", "imageBytes"].includes(p.pass.kind);

const hasPayload = (p: PlannedParam): boolean =>
  ["names", "delete", "gen", "text", "texts"].includes(p.pass.kind) ||
  (p.pass.kind === "in" && !isEmbedded(p)) ||
  isImage(p);

const room = (p: PlannedParam): string =>
  isImage(p) ? `${p.name}_image.room_bytes` : `gf_gl_room(${p.name}_bytes)`;

const scalar = ({ name, type, pass }: PlannedParam): string[] => {
  switch (pass.kind) {
    case "value":
      return [`args->${name} = ${name};`];
    case "name":
      return [`args->${name} = ${pass.of === "sync" ? "(uint64_t)(uintptr_t)" : ""}${name};`];
    case "nameBy":
    case "deleteOne":
      return [`args->${name} = ${name};`];
    case "imageOut":
      return [`args->${name} = ${name}_image.payload;`];
    case "offset":
    case "array":
      return [`args->${name} = (uint64_t)(uintptr_t)${name};`];
    case "in":
      return isEmbedded({ name, type, pass })
        ? [`memcpy(args->${name}, ${name}, sizeof args->${name});`]
        : [];
    default:
      return [];
  }
};

const put = (p: PlannedParam, cursor: string): string[] => {
  const { name, pass } = p;
  if (!hasPayload(p)) return [];
  if (isImage(p)) return [`${cursor}gf_gl_put_image(lane, &args->${name}, &${name}_image, tail);`];
  const data = pass.kind === "texts" ? `${name}_packed` : name;
  return [
    `${cursor}gf_gl_put(lane, &args->${name}, ${data}, ${name}_bytes, tail);`,
    ...(pass.kind === "texts" ? [`free(${data});`] : []),
  ];
};

const receive = (p: PlannedParam): string[] => {
  const { name, pass } = p;
  if (pass.kind === "out") {
    return [`tail = gf_gl_take(tail, ${name}, reply->${name}_count, ${elementBytes(p)}u);`];
  }
  if (pass.kind === "outText") {
    return [
      `tail = gf_gl_take_text(tail, ${name}, ${pass.capacity}, ${pass.length ?? "NULL"}, reply->${name}_length);`,
    ];
  }
  return [];
};

/** Another thread may be given a name again only behind the point that took it away. */
const release = (p: PlannedParam): string[] => {
  const { name, pass } = p;
  if (pass.kind === "deleteOne") return [`gf_gl_names_delete(${kindC(pass.of)}, 1, &${name});`];
  if (pass.kind !== "delete") return [];
  return [
    `if (${name}_bytes) gf_gl_names_delete(${kindC(pass.of)}, (GLsizei)(${name}_bytes / sizeof *${name}), ${name});`,
  ];
};

const body = (c: PlannedCommand): string[] => {
  const name = c.command.name;
  const payloads = c.params.filter(hasPayload);
  const size = [...(c.request.length ? ["sizeof(*args)"] : ["0u"]), ...payloads.map(room)].join(
    " + ",
  );
  const lines = [
    "struct gf_gl_lane *lane = gf_gl_enter();",
    `if (__builtin_expect(lane == NULL, 0)) ${zero(c)}`,
    ...c.params.flatMap(measure),
  ];
  if (c.row.creates) {
    lines.push("GLuint created = 0;", `gf_gl_names_gen(${kindC(c.row.creates)}, 1, &created);`);
  }
  lines.push(
    c.request.length
      ? `struct gf_gl_${name}_args *args = gf_gl_begin(lane, GF_GL_OP_${name}, ${size});`
      : `gf_gl_begin(lane, GF_GL_OP_${name}, 0);`,
    ...c.params.flatMap(scalar),
  );
  if (c.row.creates) lines.push("args->result = created;");
  if (payloads.length) {
    lines.push("void *tail = args + 1;");
    payloads.forEach((p, i) => {
      lines.push(...put(p, i < payloads.length - 1 ? "tail = " : ""));
    });
  }
  const point = c.row.point ? "_point" : "";
  if (!c.sync) {
    lines.push(`gf_gl_post${point}(lane);`, ...c.params.flatMap(release));
    if (c.row.creates) lines.push("return created;");
    return lines;
  }
  const image = c.params.find((p) => p.pass.kind === "imageOut");
  if (image) {
    // Into a buffer nobody needs to wait for it.
    lines.push(
      `if (${image.name}_image.is_settled) gf_gl_post(lane);`,
      `else if (gf_gl_call(lane, NULL, 0) == 0) gf_gl_take_image(lane, &${image.name}_image);`,
    );
    return lines;
  }
  lines.push(
    ...(c.reply.length ? ["const void *answer;"] : []),
    c.reply.length
      ? `if (gf_gl_call${point}(lane, &answer, sizeof(struct gf_gl_${name}_reply)) != 0) ${zero(c)}`
      : `gf_gl_call${point}(lane, NULL, 0);`,
  );
  if (c.reply.length) lines.push(`const struct gf_gl_${name}_reply *reply = answer;`);
  const outs = c.params.flatMap(receive);
  if (outs.length) {
    lines.push(
      "const void *tail_out = reply + 1;",
      ...outs.map((l) => l.replaceAll("tail", "tail_out")),
      "(void)tail_out;",
    );
  }
  if (returnsValue(c)) lines.push("return reply->result;");
  return lines;
};

const callWith = (c: PlannedCommand, symbol: string): string =>
  `${symbol}(${c.command.params.map((p) => p.name).join(", ")})`;

const define = (head: string, lines: readonly string[]): string =>
  [`${head} {`, ...lines.map((l) => `  ${l}`), "}"].join("\n");

const shadowed = (c: PlannedCommand): string => {
  const args = ["gf_gl_client_state()", ...c.command.params.map((p) => p.name)];
  return `if (gf_gl.current) gf_shadow_${c.command.name}(${args.join(", ")});`;
};

// Without a current context there is nothing to keep, and the command has done nothing.
const observed = (c: PlannedCommand): string[] => [
  ...(c.row.shadow ? [shadowed(c)] : []),
  ...(c.row.observe
    ? [`if (gf_gl.current) ${callWith(c, `gf_gl_observe_${c.command.name}`)};`]
    : []),
];

const generatedStub = (c: PlannedCommand): string => {
  if (!c.row.observe && !c.row.shadow) return define(signature(c), body(c));
  const send = `gf_gl_send_${c.command.name}`;
  const call = callWith(c, send);
  return [
    define(`static inline ${signature(c, send)}`, body(c)),
    define(
      signature(c),
      returnsValue(c)
        ? [`${declare(c.command.result, "result")} = ${call};`, ...observed(c), "return result;"]
        : [`${call};`, ...observed(c)],
    ),
  ].join("\n");
};

const unused = (c: PlannedCommand): string[] => c.command.params.map((p) => `(void)${p.name};`);

const refusal = (c: PlannedCommand, why: string): string =>
  define(signature(c), [
    ...unused(c),
    `gf_gl_refuse("${c.command.name}", "${why.replaceAll('"', '\\"')}");`,
    ...(returnsValue(c) ? ["return 0;"] : []),
  ]);

const aliasStub = (plan: GlPlan, c: PlannedCommand): string => {
  const base = plan.commands.find((b) => b.command.name === c.base) as PlannedCommand;
  const args = c.command.params.map((p, i) => {
    const to = base.command.params[i]?.type ?? p.type;
    return to === p.type ? p.name : `(${to})${p.name}`;
  });
  const call = `${c.base}(${args.join(", ")})`;
  return define(signature(c), [`${returnsValue(c) ? "return " : ""}${call};`]);
};

const entry = (plan: GlPlan, c: PlannedCommand): string => {
  if (c.base !== c.command.name) return aliasStub(plan, c);
  if (c.guest === "refused") return refusal(c, c.row.why as string);
  if (c.guest === "generated") return generatedStub(c);
  // Written by hand; a missing one is found by the linker.
  return c.guest === "custom" && c.describable
    ? define(signature(c, `gf_gl_send_${c.command.name}`), body(c))
    : "";
};

export const sent = ({ commands }: GlPlan): PlannedCommand[] =>
  commands.filter((c) => c.base === c.command.name && c.guest === "custom" && c.describable);

export const emitGlSend = (plan: GlPlan): string => `${banner(
  "Sends a command whose exported function is written by hand, as a generated one would.",
)}#pragma once

#include "gl_api.h"

${sent(plan)
  .map((c) => `${signature(c, `gf_gl_send_${c.command.name}`)};`)
  .join("\n")}
`;

export const emitGlStubs = (plan: GlPlan): string => {
  const observers = plan.commands.filter(
    (c) => c.row.observe && c.base === c.command.name && c.guest === "generated",
  );
  return `${banner("Guest stubs of OpenGL.")}#include <stdlib.h>
#include <string.h>

#include "gl/context.h"
#include "gl/data/image.h"
#include "gl/names.h"
#include "gl/shadow.h"
#include "gl/stub.h"
#include "gl/values.h"
#include "gl_send.h"
#include "gl_sizes.h"
#include "gl_wire.h"

${observers.map((c) => `void ${signature(c, `gf_gl_observe_${c.command.name}`).replace(/^.*?(?=gf_gl_observe)/, "")};`).join("\n")}

${plan.commands
  .map((c) => entry(plan, c))
  .filter((text) => text !== "")
  .join("\n\n")}
`;
};
