/** What the registry alone says of a parameter; rows of the overlay say the rest. */
import type { Kind, Pass, Row } from "../../api/gl/model.ts";
import { CountError, constantOf, paramsOf, parseCount } from "./count.ts";
import type { Command, Param } from "./registry.ts";

/** Values of a get whose number nobody tells: more than any driver writes. */
export const GET_CAPACITY = 1024;

/** Arrays of a fixed, small size are members of the wire structure. */
export const EMBED_MAX_ELEMENTS = 16;

export const isPointer = (type: string): boolean => type.endsWith("*");
export const isConst = (type: string): boolean => type.startsWith("const ");
export const pointeeOf = (type: string): string =>
  type
    .replace(/\*$/, "")
    .replace(/^const /, "")
    .trim();
const isText = (type: string): boolean => /^GLchar(ARB)?$/.test(pointeeOf(type));

/** A `len` that is a count over this command's parameters. */
const usable = (command: Command, len: string | undefined): string | null => {
  // The registry's newer commands by pname have no len.
  const byPname = len === "COMPSIZE(pname)" || len === undefined;
  if (len === undefined && !command.params.some((p) => p.name === "pname")) return null;
  const count = byPname ? "pname_count(pname)" : (len as string);
  try {
    parseCount(count);
    const known = new Set(command.params.map((p) => p.name));
    return /COMPSIZE/.test(count) || paramsOf(count).some((p) => !known.has(p)) ? null : count;
  } catch (error) {
    if (error instanceof CountError) return null;
    throw error;
  }
};

const inPass = (
  command: Command,
  param: Param,
  kind: Kind | undefined,
  names: Row["names"],
): Pass => {
  const count = usable(command, param.len);
  if (isText(param.type)) {
    const length = /^(?:COMPSIZE\(\w+, ?)?(\w+)\)?$/.exec(param.len ?? "")?.[1];
    const sized = command.params.some((p) => p.name === length && !isPointer(p.type));
    return sized ? { kind: "text", length: length as string } : { kind: "text" };
  }
  if (count === null) return { kind: "opaque" };
  if (kind === undefined) return { kind: "in", count };
  return { kind: names === "delete" ? "delete" : "names", of: kind, count };
};

const outPass = (
  command: Command,
  param: Param,
  kind: Kind | undefined,
  names: Row["names"],
): Pass => {
  const pointee = pointeeOf(param.type);
  if (pointee === "void") return { kind: "opaque" };
  if (isText(param.type)) {
    const capacity = command.params.find((p) => p.name === param.len);
    if (capacity === undefined) return { kind: "opaque" };
    const length = command.params.find((p) => p.name === "length" && p.type === "GLsizei *");
    return {
      kind: "outText",
      capacity: capacity.name,
      ...(length && { length: length.name }),
    };
  }
  if (
    param.name === "length" &&
    command.params.some((p) => isText(p.type) && isPointer(p.type) && !isConst(p.type))
  )
    return { kind: "outLength" };
  const count = usable(command, param.len);
  if (kind && names === "gen" && count !== null) return { kind: "gen", of: kind, count };
  // Lengths in the registry that are for the common case only: CURRENT_VERTEX_ATTRIB has four values, not one.
  const byPname = command.params.some((p) => p.name === "pname");
  const fixed = count !== null && constantOf(count) !== null;
  const tableSized = count === null || count.includes("pname_count") || (fixed && byPname);
  return {
    kind: "out",
    count: tableSized ? String(GET_CAPACITY) : (count as string),
    ...(kind && { names: kind }),
    ...(tableSized && byPname && { pname: "pname" }),
  };
};

/** How the parameter travels if no row says otherwise. */
export const defaultPass = (
  command: Command,
  param: Param,
  kind: Kind | undefined,
  names?: Row["names"],
): Pass => {
  const { type } = param;
  if (type === "GLsync") return { kind: "name", of: "sync" };
  if (/^GLDEBUGPROC|^GLVULKANPROC|^GLegl|^struct /.test(type)) return { kind: "opaque" };
  if (!isPointer(type) && kind && names === "delete") return { kind: "deleteOne", of: kind };
  if (!isPointer(type)) return kind ? { kind: "name", of: kind } : { kind: "value" };
  if (isPointer(pointeeOf(type)) || /\*\s*const$/.test(pointeeOf(type))) return { kind: "opaque" };
  return isConst(type) ? inPass(command, param, kind, names) : outPass(command, param, kind, names);
};
