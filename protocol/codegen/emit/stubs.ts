/** <api>_stubs.c: the guest's half of every generated call. */
import type { TypeTable } from "../ctypes.ts";
import { pointee } from "../ctypes.ts";
import { exported, type Plan, type PlannedArg, type PlannedRow } from "../plan.ts";
import { banner, kindMacro } from "../text.ts";
import { aliasEntry, perThreadVariant, refusal, signature } from "./common.ts";

const cast = (types: TypeTable, arg: PlannedArg): string => {
  const shape = types.shape(arg.type);
  if (shape?.kind !== "scalar") return arg.name;
  return shape.pointer ? `(uint64_t)(uintptr_t)${arg.name}` : `(${shape.wire})${arg.name}`;
};

/** Pointers that the driver would refuse: checked before anything is sent, as the driver checks before it acts. */
const nullChecks = (plan: Plan, row: PlannedRow): string[] =>
  row.args
    .filter(
      ({ pass }) =>
        ["mint", "adopt", "out", "in", "inout", "text"].includes(pass.kind) &&
        !("nullable" in pass && pass.nullable),
    )
    .map((a) => `  if (${a.name} == NULL) return ${plan.api.result.invalidValue};`)
    .concat(
      row.args.flatMap(({ name, pass }) =>
        "count" in pass
          ? [`  if (${name} == NULL && ${pass.count} != 0) return ${plan.api.result.invalidValue};`]
          : [],
      ),
    );

const elementSize = (arg: PlannedArg): string => `sizeof(*${arg.name})`;

/** Bytes of the tail, argument by argument, each padded to 8. */
const tailParts = (row: PlannedRow): { arg: PlannedArg; bytes: string }[] =>
  row.args.flatMap((arg) => {
    if (arg.pass.kind === "text") return [{ arg, bytes: `${arg.name}_bytes` }];
    if (arg.pass.kind === "inArray")
      return [{ arg, bytes: `(uint64_t)${arg.pass.count} * ${elementSize(arg)}` }];
    if (arg.pass.kind === "handleArray") return [{ arg, bytes: `(uint64_t)${arg.pass.count} * 8` }];
    return [];
  });

const fill = (types: TypeTable, arg: PlannedArg): string[] => {
  const { name, pass } = arg;
  switch (pass.kind) {
    case "value":
    case "flags":
    case "atLeast":
    case "handle":
    case "destroys":
      return [`  args->${name} = ${cast(types, arg)};`];
    case "device":
      return [`  args->${name} = (uint64_t)gf_on_device(${name});`];
    case "mint":
      return [`  args->${name} = minted_${name};`];
    case "in":
    case "inout":
      return pass.nullable
        ? [
            `  args->has_${name} = ${name} != NULL;`,
            `  if (${name} != NULL) args->${name} = *${name};`,
          ]
        : [`  args->${name} = *${name};`];
    case "out":
    case "adopt":
      return pass.nullable ? [`  args->wants_${name} = ${name} != NULL;`] : [];
    case "text":
      return [`  args->${name}_bytes = (uint32_t)${name}_bytes;`];
    default:
      return [];
  }
};

const takesStream = (row: PlannedRow): boolean =>
  row.args.some(({ pass }) => pass.kind === "handle" && pass.of === "stream");

/**
 * What must hold for an async call to be sent without waiting; otherwise it becomes a round trip. Without a stream, a call
 * does not wait for device memory alone: memory that the host shares holds the result when it returns.
 */
const provable = (row: PlannedRow): string[] =>
  row.args.flatMap(({ name, pass }) => {
    switch (pass.kind) {
      case "device":
        return [
          `${takesStream(row) ? "gf_known_range" : "gf_known_device_range"}(${name}, ${pass.bytes})`,
        ];
      case "flags":
        return [`((unsigned long long)${name} & ~${pass.mask}ull) == 0`];
      case "atLeast":
        return [`(uint64_t)${name} >= (uint64_t)(${pass.bytes})`];
      case "destroys":
        return ["gf_owned", "gf_certain"].map(
          (known) => `${known}((uint64_t)(uintptr_t)${name}, ${kindMacro(pass.of)})`,
        );
      case "handle":
        return [`gf_certain((uint64_t)(uintptr_t)${name}, ${kindMacro(pass.of)})`];
      default:
        return [];
    }
  });

const afterwards = (types: TypeTable, arg: PlannedArg): string[] => {
  const { name, pass } = arg;
  switch (pass.kind) {
    case "mint": {
      const type = pointee(arg.type);
      const value = types.handleType(pass.of)
        ? `(${type})(uintptr_t)minted_${name}`
        : `minted_${name}`;
      return [`  *${name} = ${value};`];
    }
    case "destroys":
      return [`  gf_drop(${cast(types, arg)});`];
    case "adopt": {
      const type = pointee(arg.type);
      const value = types.handleType(pass.of)
        ? `(${type})(uintptr_t)reply->${name}`
        : `reply->${name}`;
      return [`  ${pass.nullable ? `if (${name} != NULL) ` : ""}*${name} = ${value};`];
    }
    case "out":
    case "inout": {
      const inner = pointee(arg.type);
      const shape = types.shape(inner);
      const value =
        shape?.kind === "scalar" && shape.pointer
          ? `(${inner})(uintptr_t)reply->${name}`
          : `(${inner})reply->${name}`;
      return [
        `  ${pass.nullable ? `if (${name} != NULL) ` : ""}*${name} = ${shape?.kind === "record" ? `reply->${name}` : value};`,
      ];
    }
    default:
      return [];
  }
};

const stub = (plan: Plan, r: PlannedRow): string => {
  const { types } = plan;
  const { row } = r;
  const { result } = plan.api;
  const minted = r.args.filter((a) => a.pass.kind === "mint");
  const tails = tailParts(r);
  const replies = r.args.some((a) => ["out", "inout", "adopt", "outArray"].includes(a.pass.kind));
  const outArrays = r.args.filter((a) => a.pass.kind === "outArray");
  const mintOf = (a: PlannedArg): string => (a.pass.kind === "mint" ? kindMacro(a.pass.of) : "");
  const lines = [
    `${signature(plan, row, row.symbol)} {`,
    "  struct gf_lane_client *lane;",
    `  ${result.type} result = gf_enter(&lane);`,
    `  if (result != ${result.ok}) return result;`,
    ...nullChecks(plan, r),
    ...r.args
      .filter((a) => a.pass.kind === "text")
      .map((a) => `  uint64_t ${a.name}_bytes = strlen(${a.name}) + 1;`),
    ...row.args.flatMap(({ pass }) =>
      "count" in pass
        ? [
            `  if ((uint64_t)${pass.count} > GF_TAIL_MAX_BYTES) return gf_too_long("${row.symbol}", ${pass.count});`,
          ]
        : [],
    ),
    ...(tails.length
      ? [
          `  uint64_t tail_bytes = ${tails.map((t) => `GF_ALIGN8(${t.bytes})`).join(" + ")};`,
          `  if (tail_bytes > GF_TAIL_MAX_BYTES) return gf_too_long("${row.symbol}", tail_bytes);`,
        ]
      : []),
    ...minted.flatMap((a) => [
      `  uint64_t minted_${a.name} = gf_mint(${mintOf(a)});`,
      `  if (minted_${a.name} == 0) return ${result.outOfMemory};`,
    ]),
  ];
  const sizes = [
    r.request.length ? `sizeof(struct gf_${row.symbol}_args)` : "0",
    ...(tails.length ? ["tail_bytes"] : []),
  ];
  const begin = `gf_begin(lane, GF_OP_${row.symbol}, ${sizes.filter((s, i) => s !== "0" || i === sizes.length - 1).join(" + ")})`;
  if (r.request.length) {
    lines.push(
      `  struct gf_${row.symbol}_args *args = ${begin};`,
      ...r.args.flatMap((a) => fill(types, a)),
    );
  } else {
    lines.push(`  ${tails.length ? "void *args = " : "(void)"}${begin};`);
  }
  if (tails.length) {
    lines.push(`  uint8_t *tail = (uint8_t *)args${r.request.length ? ` + sizeof *args` : ""};`);
    tails.forEach(({ arg, bytes }, i) => {
      lines.push(`  if (${bytes} != 0) memcpy(tail, ${arg.name}, ${bytes});`);
      if (i < tails.length - 1) lines.push(`  tail += GF_ALIGN8(${bytes});`);
    });
  }
  if (row.flavor === "async") {
    const conditions = provable(r);
    lines.push(
      conditions.length
        ? `  result = ${conditions.join(" && ")} ? gf_post(lane) : gf_call(lane, NULL, 0);`
        : "  result = gf_post(lane);",
    );
  } else if (replies) {
    const size = r.reply.length ? `sizeof(struct gf_${row.symbol}_reply)` : "0";
    const arrays = outArrays.map((a) =>
      a.pass.kind === "outArray" ? `GF_ALIGN8((uint64_t)${a.pass.count} * ${elementSize(a)})` : "",
    );
    lines.push(
      "  const void *reply_data;",
      `  result = gf_call(lane, &reply_data, ${[size, ...arrays].filter((s) => s !== "0" || arrays.length === 0).join(" + ")});`,
    );
  } else {
    lines.push("  result = gf_call(lane, NULL, 0);");
  }
  if (minted.length) {
    lines.push(
      `  if (result != ${result.ok}) {`,
      ...minted.map((a) => `    gf_drop(minted_${a.name});`),
      "    return result;",
      "  }",
    );
  } else if (replies || row.opts.observed || r.args.some((a) => a.pass.kind === "destroys")) {
    lines.push(`  if (result != ${result.ok}) return result;`);
  }
  if (replies && r.reply.length)
    lines.push(`  const struct gf_${row.symbol}_reply *reply = reply_data;`);
  const drops = (a: PlannedArg): boolean => a.pass.kind === "destroys";
  lines.push(...r.args.filter((a) => !drops(a)).flatMap((a) => afterwards(types, a)));
  if (outArrays.length) {
    const start = r.reply.length ? "sizeof *reply" : "0";
    lines.push(`  const uint8_t *reply_tail = (const uint8_t *)reply_data + ${start};`);
    outArrays.forEach((a, i) => {
      const bytes =
        a.pass.kind === "outArray" ? `(uint64_t)${a.pass.count} * ${elementSize(a)}` : "0";
      lines.push(`  if (${bytes} != 0) memcpy(${a.name}, reply_tail, ${bytes});`);
      if (i < outArrays.length - 1) lines.push(`  reply_tail += GF_ALIGN8(${bytes});`);
    });
  }
  if (row.opts.observed)
    lines.push(`  gf_observe_${row.symbol}(${row.args.map((a) => a.name).join(", ")});`);
  lines.push(...r.args.filter(drops).flatMap((a) => afterwards(types, a)));
  lines.push("  return result;", "}");
  return lines.join("\n");
};

const observer = (plan: Plan, { row }: PlannedRow): string =>
  `void gf_observe_${row.symbol}(${signature(plan, row, "").replace(/^[^(]*\(/, "")};`;

export const emitStubs = (plan: Plan): string => {
  const rows = exported(plan);
  const entries = rows.flatMap((r) => {
    switch (r.row.flavor) {
      case "async":
      case "sync":
        return [stub(plan, r), perThreadVariant(plan, r)];
      case "alias":
        return [aliasEntry(plan, r), perThreadVariant(plan, r)];
      case "refused":
        return [refusal(plan, r, r.row.opts.why as string), perThreadVariant(plan, r)];
      default:
        return [perThreadVariant(plan, r)];
    }
  });
  const observed = rows.filter((r) => r.row.opts.observed);
  return `${banner(`Guest stubs of the ${plan.api.name} API.`)}#include "cuda/stub.h"

#include <string.h>

${observed.map((r) => observer(plan, r)).join("\n")}

${entries.filter((e) => e !== "").join("\n\n")}
`;
};
