/** From the registry and the overlay to what each side has to do for every command. */
import type { Control, Overlay, Pass, Row } from "../../api/gl/model.ts";
import { DescriptionError } from "../errors.ts";
import { constantOf } from "./count.ts";
import { bytesOf } from "./ctypes.ts";
import { defaultPass, EMBED_MAX_ELEMENTS, isPointer, pointeeOf } from "./passes.ts";
import type { Command, Registry } from "./registry.ts";
import { rowsOf } from "./rules.ts";
import { checkRow } from "./validate.ts";

export interface PlannedParam {
  readonly name: string;
  readonly type: string;
  readonly pass: Pass;
}

/** A member of a wire structure, as C. */
export interface WireMember {
  readonly name: string;
  readonly type: string;
  readonly bytes: number;
  /** Elements of an array member. */
  readonly elements?: number;
}

export type Answer = "generated" | "custom" | "local" | "refused";

export interface PlannedCommand {
  readonly command: Command;
  readonly row: Row;
  readonly guest: Answer;
  readonly host: "generated" | "custom" | "none";
  readonly params: readonly PlannedParam[];
  /** The command whose opcode and handler this one uses; itself, unless it is an alias. */
  readonly base: string;
  readonly opcode: number | null;
  /** Someone waits for the answer. */
  readonly sync: boolean;
  /** The structures follow from the parameters, so that both halves can be generated. */
  readonly describable: boolean;
  readonly request: readonly WireMember[];
  readonly reply: readonly WireMember[];
}

export interface GlPlan {
  readonly overlay: Overlay;
  readonly registry: Registry;
  readonly commands: readonly PlannedCommand[];
  readonly control: readonly (Control & {
    opcode: number;
    request: readonly WireMember[];
    reply: readonly WireMember[];
  })[];
}

const OVERLAY = "protocol/api/gl";

const requestMember = ({ name, type, pass }: PlannedParam): WireMember[] => {
  switch (pass.kind) {
    case "value":
      return [{ name, type, bytes: bytesOf(type) ?? 8 }];
    case "name":
      return pass.of === "sync"
        ? [{ name, type: "uint64_t", bytes: 8 }]
        : [{ name, type: "GLuint", bytes: 4 }];
    case "nameBy":
    case "deleteOne":
      return [{ name, type: "GLuint", bytes: 4 }];
    case "offset":
    case "array":
      return [{ name, type: "uint64_t", bytes: 8 }];
    case "in": {
      const constant = constantOf(pass.count);
      if (constant !== null && constant <= EMBED_MAX_ELEMENTS && pointeeOf(type) !== "void") {
        const element = pointeeOf(type);
        return [{ name, type: element, bytes: bytesOf(element) ?? 8, elements: constant }];
      }
      return [{ name, type: "struct gf_gl_payload", bytes: 16 }];
    }
    case "names":
    case "gen":
    case "delete":
    case "text":
    case "texts":
    case "image":
    case "imageBytes":
    case "imageOut":
      return [{ name, type: "struct gf_gl_payload", bytes: 16 }];
    case "opaque":
      return isPointer(type)
        ? type.startsWith("const ")
          ? [{ name, type: "struct gf_gl_payload", bytes: 16 }]
          : [{ name, type: "struct gf_heap_range", bytes: 16 }]
        : [{ name, type: "uint64_t", bytes: 8 }];
    default:
      return [];
  }
};

const replyMember = ({ name, pass }: PlannedParam): WireMember[] => {
  if (pass.kind === "out") return [{ name: `${name}_count`, type: "uint32_t", bytes: 4 }];
  if (pass.kind === "outText") return [{ name: `${name}_length`, type: "int32_t", bytes: 4 }];
  return [];
};

/** Wide members first, so that no padding lies between them. */
export const byWidth = (members: readonly WireMember[]): WireMember[] =>
  [...members].sort((a, b) => Math.min(b.bytes, 8) - Math.min(a.bytes, 8));

export const isEmbedded = ({ pass, type }: PlannedParam): boolean =>
  pass.kind === "in" &&
  requestMember({ name: "", type, pass }).some((m) => m.elements !== undefined);

const WIRE: Readonly<Record<string, [string, number]>> = {
  u64: ["uint64_t", 8],
  i64: ["int64_t", 8],
  u32: ["uint32_t", 4],
  i32: ["int32_t", 4],
  f32: ["float", 4],
  f64: ["double", 8],
  u8: ["uint8_t", 1],
  payload: ["struct gf_gl_payload", 16],
  range: ["struct gf_heap_range", 16],
};

const described = (members: Readonly<Record<string, string>> = {}): WireMember[] =>
  Object.entries(members).map(([name, wire]) => {
    const array = /^u32\[(\d+)\]$/.exec(wire);
    const [type, bytes] = WIRE[array ? "u32" : wire] as [string, number];
    return { name, type, bytes, ...(array && { elements: Number(array[1]) }) };
  });

const returnsName = (row: Row): boolean => row.creates !== undefined;

const planOne = (
  overlay: Overlay,
  command: Command,
  row: Row,
): Omit<PlannedCommand, "opcode" | "base"> => {
  const params = command.params.map((p): PlannedParam => {
    const kind = p.class === undefined ? null : overlay.classes[p.class];
    if (kind === undefined) {
      throw new DescriptionError(OVERLAY, command.name, `class "${p.class}" has no kind`);
    }
    return {
      name: p.name,
      type: p.type,
      pass: row.args?.[p.name] ?? defaultPass(command, p, kind ?? undefined, row.names),
    };
  });
  checkRow(command, row, params);
  const outs = params.some((p) =>
    ["out", "outText", "outLength", "imageOut"].includes(p.pass.kind),
  );
  const sync = row.waits === true || outs || (command.result !== "void" && !returnsName(row));
  const describable =
    row.wire === undefined &&
    params.every((p) => p.pass.kind !== "opaque") &&
    (command.result === "void" || bytesOf(command.result) !== undefined);
  const guest = row.guest ?? (describable ? "generated" : "custom");
  const host =
    guest === "local" || guest === "refused"
      ? "none"
      : (row.host ?? (describable ? "generated" : "custom"));
  const result: WireMember[] =
    command.result === "void" || !sync
      ? []
      : [
          {
            name: "result",
            type: bytesOf(command.result) ? command.result : "uint64_t",
            bytes: bytesOf(command.result) ?? 8,
          },
        ];
  const created: WireMember[] = returnsName(row)
    ? [{ name: "result", type: "GLuint", bytes: 4 }]
    : [];
  return {
    command,
    row,
    guest,
    host,
    params,
    sync,
    describable,
    request: byWidth(
      row.wire ? described(row.wire.args) : [...params.flatMap(requestMember), ...created],
    ),
    reply: byWidth(
      row.wire ? described(row.wire.reply) : [...params.flatMap(replyMember), ...result],
    ),
  };
};

/** Commands of the scope, sorted by name. */
export const offered = ({ scope }: Overlay, registry: Registry): Command[] => {
  const extensions = new Set(scope.extensions);
  const names = new Set([
    ...registry.features.filter((f) => scope.apis.includes(f.api)).flatMap((f) => f.commands),
    ...registry.extensions.filter((e) => extensions.has(e.name)).flatMap((e) => e.commands),
  ]);
  return [...names].sort().map((name) => {
    const command = registry.commands.get(name);
    if (command === undefined) {
      throw new DescriptionError(
        "registry",
        name,
        "is required by a feature, but is not described",
      );
    }
    return command;
  });
};

/** The end of the chain of aliases, as far as rows do not break it. */
const baseOf = (
  command: Command,
  rows: ReadonlyMap<string, Row>,
  registry: Registry,
  seen = new Set<string>(),
): string => {
  const next =
    command.alias && rows.get(command.name)?.alias !== false
      ? registry.commands.get(command.alias)
      : undefined;
  if (next === undefined || seen.has(next.name)) return command.name;
  return baseOf(next, rows, registry, seen.add(command.name));
};

/** Symbols that need an opcode, in the order in which they get one. */
export const wiredSymbols = (overlay: Overlay, registry: Registry): string[] => {
  const { commands } = planUnnumbered(overlay, registry);
  return [
    ...overlay.control.map((c) => c.symbol),
    ...commands
      .filter((c) => c.base === c.command.name && c.host !== "none")
      .map((c) => c.command.name),
  ];
};

const planUnnumbered = (overlay: Overlay, registry: Registry) => {
  const inScope = offered(overlay, registry);
  // A base outside the scope (an alias of an extension's command) is planned too, but not exported by itself.
  const rows = rowsOf(overlay.rules, inScope);
  const commands = inScope.map((command) => {
    const base = baseOf(command, rows, registry);
    const planned = planOne(overlay, command, rows.get(command.name) ?? {});
    return { ...planned, base: inScope.some((c) => c.name === base) ? base : command.name };
  });
  return { commands };
};

export const planGl = (
  overlay: Overlay,
  registry: Registry,
  opcodes: ReadonlyMap<string, number>,
): GlPlan => {
  const { commands } = planUnnumbered(overlay, registry);
  const byName = new Map(commands.map((c) => [c.command.name, c]));
  const opcodeOf = (symbol: string): number => {
    const opcode = opcodes.get(symbol);
    if (opcode === undefined) {
      throw new DescriptionError(
        OVERLAY,
        symbol,
        "has no opcode; `npm run codegen -- --lock` gives it one",
      );
    }
    return opcode;
  };
  return {
    overlay,
    registry,
    control: overlay.control.map((c) => ({
      ...c,
      opcode: opcodeOf(c.symbol),
      request: byWidth(described(c.wire?.args)),
      reply: byWidth(described(c.wire?.reply)),
    })),
    commands: commands.map((c): PlannedCommand => {
      const base = byName.get(c.base) as typeof c;
      return { ...c, opcode: base.host === "none" ? null : opcodeOf(base.command.name) };
    }),
  };
};
