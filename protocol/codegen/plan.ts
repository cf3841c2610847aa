/** From a description's rows to what each side has to do: the wire structures of every call that has an opcode. */
import { type Api, type Arg, baseName, type Pass, type Row, type WireType } from "../api/model.ts";
import { pointee, TypeTable } from "./ctypes.ts";
import { DescriptionError } from "./errors.ts";

/** A member of a wire structure, as C. */
export interface WireMember {
  readonly name: string;
  readonly type: string;
}

/** An argument with its pass resolved: a handle type passed by value is a handle. */
export interface PlannedArg extends Omit<Arg, "pass"> {
  readonly pass: Pass;
}

export interface PlannedRow {
  readonly row: Row;
  readonly file: string;
  readonly base: string;
  readonly args: readonly PlannedArg[];
  readonly opcode: number | null;
  readonly request: readonly WireMember[];
  readonly reply: readonly WireMember[];
}

export interface Plan {
  readonly api: Api;
  readonly types: TypeTable;
  readonly rows: readonly PlannedRow[];
}

const WIRE_C: Readonly<Record<string, string>> = {
  u64: "uint64_t",
  i64: "int64_t",
  u32: "uint32_t",
  i32: "int32_t",
  f32: "float",
  u8: "uint8_t",
  range: "struct gf_heap_range",
};

const wireType = (type: WireType): string => {
  const array = /^(u8|u32|u64)(\[\d+\])$/.exec(type);
  return array ? `${WIRE_C[array[1] as string]}${array[2]}` : (WIRE_C[type] as string);
};

export const hasOpcode = (row: Row): boolean =>
  row.flavor === "async" || row.flavor === "sync" || row.flavor === "custom";

const requestMembers = (types: TypeTable, arg: PlannedArg): WireMember[] => {
  const { pass, name } = arg;
  const embed = (type: string): string => {
    const shape = types.shape(type);
    return shape?.kind === "scalar" ? shape.wire : type;
  };
  switch (pass.kind) {
    case "value":
    case "flags":
    case "atLeast":
    case "device":
      return [{ name, type: embed(arg.type) }];
    case "handle":
    case "destroys":
    case "mint":
      return [{ name, type: "uint64_t" }];
    case "in":
    case "inout": {
      const value = { name, type: embed(pointee(arg.type)) };
      return pass.nullable ? [value, { name: `has_${name}`, type: "uint32_t" }] : [value];
    }
    case "out":
    case "adopt":
      return pass.nullable ? [{ name: `wants_${name}`, type: "uint32_t" }] : [];
    case "text":
      return [{ name: `${name}_bytes`, type: "uint32_t" }];
    default:
      return [];
  }
};

const replyMembers = (types: TypeTable, arg: PlannedArg): WireMember[] => {
  const { pass, name } = arg;
  if (pass.kind === "adopt") return [{ name, type: "uint64_t" }];
  if (pass.kind !== "out" && pass.kind !== "inout") return [];
  const shape = types.shape(pointee(arg.type));
  return [{ name, type: shape?.kind === "scalar" ? shape.wire : pointee(arg.type) }];
};

/** Wide members first, so that scalars need no padding between them. */
const byWidth = (members: WireMember[]): WireMember[] => {
  const width = (m: WireMember): number =>
    m.type === "uint64_t" ? 0 : /^(u?int32_t|float)$/.test(m.type) ? 2 : 1;
  return [...members].sort((a, b) => width(a) - width(b));
};

export const planRows = (api: Api, opcodes: ReadonlyMap<string, number>): Plan => {
  const types = new TypeTable(api);
  const rows = api.files.flatMap(({ file, rows: inFile }) =>
    inFile.map((row): PlannedRow => {
      const args = row.args.map((a): PlannedArg => {
        const of = a.pass.kind === "value" ? types.handleKind(a.type) : undefined;
        return of === undefined ? a : { ...a, pass: { kind: "handle", of } };
      });
      const custom = row.flavor === "custom";
      const wire = row.opts.wire;
      const toMember = ([name, type]: readonly [string, WireType]): WireMember => ({
        name,
        type: wireType(type),
      });
      const opcode = hasOpcode(row) ? opcodes.get(row.symbol) : null;
      if (opcode === undefined) {
        throw new DescriptionError(
          file,
          row.symbol,
          "has no opcode; `npm run codegen -- --lock` gives it one",
        );
      }
      return {
        row,
        file,
        base: baseName(row.symbol),
        args,
        opcode,
        request: custom
          ? (wire?.args ?? []).map(toMember)
          : byWidth(args.flatMap((a) => requestMembers(types, a))),
        reply: custom
          ? (wire?.reply ?? []).map(toMember)
          : byWidth(args.flatMap((a) => replyMembers(types, a))),
      };
    }),
  );
  return { api, types, rows };
};

/** Symbols that programs see: everything but gpuferry's own calls. */
export const exported = (plan: Plan): readonly PlannedRow[] =>
  plan.rows.filter((r) => !r.row.opts.internal);
