/**
 * The words in which an API is described. One description generates the guest's stubs, the executor's dispatch, the
 * TypeScript tables and the coverage report; the generator (protocol/codegen) knows no API by name. Whatever is
 * special about a call is an attribute here or a hand-written file on both sides (`custom`).
 */

/** How a call travels. See docs/design/life-of-a-call.md. */
export type Flavor =
  /** Fire and forget: the stub returns CUDA_SUCCESS once the frame lies in the ring. */
  | "async"
  /** A round trip: the stub returns what the native driver returned. */
  | "sync"
  /** Answered in the guest by hand-written code; has no opcode. */
  | "local"
  /** Hand-written in the guest and in the executor, over the wire structure given in `wire`. */
  | "custom"
  /** An older symbol with the same arguments and meaning as `opts.aliasOf`. */
  | "alias"
  /** Fails with the API's own "not supported" and a log line that says `why`. */
  | "refused";

/** Which way an argument goes, and how long it is. */
export type Pass =
  | { kind: "value" }
  | { kind: "handle"; of: string }
  /** The call ends the object: guest and executor forget the handle once it succeeded. */
  | { kind: "destroys"; of: string }
  /** A new object; the guest makes its handle before it sends the call. */
  | { kind: "mint"; of: string }
  /** An object that may exist already; the executor finds or makes its handle. Sync only. `owner` names the argument
   *  whose object ends it. */
  | { kind: "adopt"; of: string; nullable?: boolean; owner?: string }
  /** One value of the pointee type, written by the driver. `nullable`: the driver accepts NULL. */
  | { kind: "out"; nullable?: boolean }
  /** One value of the pointee type, read by the driver. */
  | { kind: "in"; nullable?: boolean }
  /** One value, read and written. */
  | { kind: "inout"; nullable?: boolean }
  /** `count` elements read by the driver; `count` names another argument, or is a number. */
  | { kind: "inArray"; count: string }
  /** `count` elements written by the driver; at most one reply slot. */
  | { kind: "outArray"; count: string }
  /** `count` handles read by the driver. */
  | { kind: "handleArray"; of: string; count: string }
  /** Zero-terminated text read by the driver. */
  | { kind: "text" }
  /** Device memory of `bytes` (an expression over the arguments). An async call becomes a round trip where the guest
   *  does not know the range to be live, so that the driver's own error comes back. */
  | { kind: "device"; bytes: string }
  /** Bits that every driver accepts. An async call with other bits becomes a round trip, for the driver's error. */
  | { kind: "flags"; mask: number }
  /** A number that every driver accepts from `bytes` (an expression over the arguments) up; below, an async call becomes
   *  a round trip, for the driver's error. */
  | { kind: "atLeast"; bytes: string }
  /** A pointer that only hand-written code understands. */
  | { kind: "opaque" };

export interface Arg {
  readonly name: string;
  /** The C type, as the API declares it. */
  readonly type: string;
  readonly pass: Pass;
}

/** A field of a hand-written call's wire structure: a fixed-width C type. */
export type WireField = readonly [name: string, type: WireType];
export type WireType =
  | "u64"
  | "i64"
  | "u32"
  | "i32"
  | "f32"
  | "range"
  | `${"u8" | "u32" | "u64"}[${number}]`;

export interface Wire {
  readonly args: readonly WireField[];
  readonly reply?: readonly WireField[];
  /** What follows the fixed part, in words. */
  readonly tail?: string;
  readonly replyTail?: string;
}

export interface Row {
  /** The exported symbol: `cuMemAlloc_v2`. */
  readonly symbol: string;
  /** The first API version that has this symbol, as cuGetProcAddress counts: 3020 is CUDA 3.2. */
  readonly since: number;
  readonly flavor: Flavor;
  readonly doc: string;
  readonly args: readonly Arg[];
  readonly opts: RowOptions;
}

export interface RowOptions {
  /** The variant for per-thread default streams: its suffix and the version that brought it. */
  readonly perThread?: readonly [suffix: string, since: number];
  /** Why a refused row is refused. */
  readonly why?: string;
  readonly wire?: Wire;
  /** The native call may wait for the GPU: the executor lets another thread issue meanwhile. */
  readonly blocks?: boolean;
  /** The symbol that an alias stands for. */
  readonly aliasOf?: string;
  /** Hand-written guest code wants to see the call once it was sent: `gf_observe_<symbol>(arguments)`. */
  readonly observed?: boolean;
  /** The API's return type where it is not its result type. */
  readonly returns?: string;
  /** gpuferry's own call, not the API's: no symbol is exported. */
  readonly internal?: boolean;
}

/** `cuMemAlloc_v2` is a version of `cuMemAlloc`: what cuGetProcAddress is asked for. */
export const baseName = (symbol: string): string => symbol.replace(/_v\d+$/, "");

export const row = (
  symbol: string,
  since: number,
  flavor: Flavor,
  doc: string,
  args: readonly Arg[],
  opts: RowOptions = {},
): Row => ({ symbol, since, flavor, doc, args, opts });

/** An argument; without `pass` it is a handle if its type is one, else passed by value. */
export const arg = (name: string, type: string, pass?: Pass): Arg => ({
  name,
  type,
  pass: pass ?? { kind: "value" },
});

export const mint = (of: string): Pass => ({ kind: "mint", of });
export const adopt = (of: string, nullable = false): Pass => ({ kind: "adopt", of, nullable });
export const adoptFrom = (of: string, owner: string): Pass => ({ kind: "adopt", of, owner });
export const destroys = (of: string): Pass => ({ kind: "destroys", of });
export const out: Pass = { kind: "out" };
export const outOrNull: Pass = { kind: "out", nullable: true };
export const in_: Pass = { kind: "in" };
export const inOrNull: Pass = { kind: "in", nullable: true };
export const inout: Pass = { kind: "inout" };
export const inArray = (count: string): Pass => ({ kind: "inArray", count });
export const outArray = (count: string): Pass => ({ kind: "outArray", count });
export const handleArray = (of: string, count: string): Pass => ({
  kind: "handleArray",
  of,
  count,
});
export const text: Pass = { kind: "text" };
export const device = (bytes: string): Pass => ({ kind: "device", bytes });
export const flags = (mask: number): Pass => ({ kind: "flags", mask });
export const atLeast = (bytes: string): Pass => ({ kind: "atLeast", bytes });
export const of = (kind: string): Pass => ({ kind: "handle", of: kind });
export const opaque: Pass = { kind: "opaque" };

/** A C type of the API. The generator emits them in dependency order. */
export type TypeDecl =
  | { kind: "handle"; name: string; tag: string; of: string | null; opts: HandleOptions }
  | { kind: "alias"; name: string; type: string }
  | {
      kind: "enum";
      tag: string;
      names: readonly string[];
      values: Readonly<Record<string, number>>;
    }
  | { kind: "record"; tag: string; names: readonly string[]; record: RecordDecl }
  | { kind: "callback"; name: string; returns: string; args: readonly string[] }
  | { kind: "constant"; name: string; value: string };

export interface RecordDecl {
  readonly union: boolean;
  readonly fields: readonly Field[];
}
/** Name ('' for an anonymous member), and a C type (with `[n]` for arrays) or a nested record. */
export type Field = readonly [name: string, type: string | RecordDecl, alignBytes?: number];

export interface HandleOptions {
  /** Values up to this one are names of the API's own (the default streams) and travel as they are. */
  readonly specials?: number;
  /** Kinds that may be passed where this one is asked for. */
  readonly accepts?: readonly string[];
  /** The result for a handle that names nothing. */
  readonly invalid?: string;
}

/** A pointer to something opaque; `of` is the kind under which it is a guest handle, null where it never travels. */
export const handle = (
  name: string,
  tag: string,
  of: string | null,
  opts: HandleOptions = {},
): TypeDecl => ({
  kind: "handle",
  name,
  tag,
  of,
  opts,
});
export const alias = (name: string, type: string): TypeDecl => ({ kind: "alias", name, type });
/** `names`: the typedefs of the tag, oldest first. */
export const enumeration = (
  tag: string,
  names: readonly string[],
  values: Record<string, number>,
): TypeDecl => ({
  kind: "enum",
  tag,
  names,
  values,
});
export const struct = (
  tag: string,
  names: readonly string[],
  fields: readonly Field[],
): TypeDecl => ({
  kind: "record",
  tag,
  names,
  record: { union: false, fields },
});
export const union = (
  tag: string,
  names: readonly string[],
  fields: readonly Field[],
): TypeDecl => ({
  kind: "record",
  tag,
  names,
  record: { union: true, fields },
});
export const nestedStruct = (...fields: readonly Field[]): RecordDecl => ({ union: false, fields });
export const nestedUnion = (...fields: readonly Field[]): RecordDecl => ({ union: true, fields });
export const callback = (name: string, returns: string, args: readonly string[]): TypeDecl => ({
  kind: "callback",
  name,
  returns,
  args,
});
export const constant = (name: string, value: string): TypeDecl => ({
  kind: "constant",
  name,
  value,
});

/** `invalid`: the result for a number that names nothing. */
export interface NumberKind {
  readonly kind: string;
  readonly invalid: string;
}

/** A whole API. `rows` come with the file they stand in, for messages. */
export interface Api {
  readonly name: string;
  readonly prefix: string;
  readonly files: readonly { readonly file: string; readonly rows: readonly Row[] }[];
  readonly types: readonly TypeDecl[];
  /** Kinds of objects whose C type is a number, beside those that handle types name. */
  readonly numberKinds: readonly NumberKind[];
  /** C type of results and the values that generated code returns of itself. */
  readonly result: {
    type: string;
    ok: string;
    invalidValue: string;
    invalidHandle: string;
    outOfMemory: string;
  };
}
