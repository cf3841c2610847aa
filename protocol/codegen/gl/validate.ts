/** Mistakes in a row of the overlay; every finding names the command and says what is wrong. */
import type { Pass, Row } from "../../api/gl/model.ts";
import { DescriptionError } from "../errors.ts";
import { CountError, paramsOf } from "./count.ts";
import { bytesOf } from "./ctypes.ts";
import { isPointer, pointeeOf } from "./passes.ts";
import type { Command } from "./registry.ts";

const NEEDS_POINTER: ReadonlySet<Pass["kind"]> = new Set([
  "in",
  "names",
  "text",
  "texts",
  "lengths",
  "out",
  "outText",
  "outLength",
  "gen",
  "delete",
  "array",
  "image",
  "imageBytes",
  "imageOut",
]);

/** What an image says without a parameter: a number or an enum. */
export const isConstant = (text: string): boolean => /^(\d+|GL_\w+)$/.test(text);

const countsOf = (pass: Pass): string[] => ("count" in pass ? [pass.count] : []);

/** Parameters that a pass refers to. */
const refersTo = (pass: Pass): string[] => {
  const refs = countsOf(pass).flatMap((c) => paramsOf(c));
  if (pass.kind === "text" && pass.length) refs.push(pass.length);
  if (pass.kind === "texts" && pass.lengths) refs.push(pass.lengths);
  if (pass.kind === "outText") refs.push(pass.capacity, ...(pass.length ? [pass.length] : []));
  if (pass.kind === "nameBy") refs.push(pass.by);
  if (pass.kind === "out" && pass.pname) refs.push(pass.pname);
  if ("image" in pass && pass.image) {
    const { format, type, width, height, depth } = pass.image;
    refs.push(
      ...([format, type, width, height, depth].filter((r) => r && !isConstant(r)) as string[]),
    );
  }
  return refs;
};

function* findings(
  command: Command,
  row: Row,
  params: readonly { name: string; type: string; pass: Pass }[],
): Generator<string> {
  const known = new Set(params.map((p) => p.name));
  for (const name of Object.keys(row.args ?? {})) {
    if (!known.has(name))
      yield `has no parameter ${name}; it has ${[...known].join(", ") || "none"}`;
  }
  const answered = row.guest === "refused" || row.guest === "local";
  if (answered && !row.why?.endsWith("."))
    yield `is ${row.guest} and does not say why in a sentence`;
  if (!answered && row.why !== undefined) yield "says why, but is neither refused nor local";
  if (answered && row.host !== undefined) yield `is ${row.guest}, so that the host has no part`;
  if (row.creates && command.result === "void") yield "creates a name, but returns nothing";
  for (const { name, type, pass } of params) {
    if (NEEDS_POINTER.has(pass.kind) && !isPointer(type)) {
      yield `parameter ${name} is passed as ${pass.kind}, but is a ${type}`;
    }
    if (pass.kind === "value" && bytesOf(type) === undefined) {
      yield `parameter ${name} has type ${type}, which does not travel by value`;
    }
    if ((pass.kind === "in" || pass.kind === "out") && bytesOf(pointeeOf(type)) === undefined) {
      yield `parameter ${name} points to ${pointeeOf(type)}, whose size is not known`;
    }
    try {
      const missing = refersTo(pass).find((ref) => !known.has(ref));
      if (missing !== undefined)
        yield `parameter ${name} refers to ${missing}, which is no parameter`;
    } catch (error) {
      if (!(error instanceof CountError)) throw error;
      yield `parameter ${name}: ${error.message}`;
    }
  }
}

/** Throws DescriptionError for the first mistake. */
export const checkRow = (
  command: Command,
  row: Row,
  params: readonly { name: string; type: string; pass: Pass }[],
): void => {
  for (const finding of findings(command, row, params)) {
    throw new DescriptionError("protocol/api/gl", command.name, finding);
  }
};
