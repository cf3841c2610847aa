/** Checks a description before anything is generated from it; every finding names file, row and reason. */
import type { Api, Pass, Row } from "../api/model.ts";
import { isPointer, pointee, TypeTable } from "./ctypes.ts";
import { DescriptionError } from "./errors.ts";

const NEEDS_POINTER: ReadonlySet<Pass["kind"]> = new Set([
  "mint",
  "adopt",
  "out",
  "in",
  "inout",
  "inArray",
  "outArray",
  "handleArray",
  "text",
]);

/** Whatever lies in a frame begins at a multiple of so many bytes, and at no better one. */
const FRAME_ALIGNMENT = 8;

const GENERATED = new Set(["async", "sync"]);
const RETURNS_DATA: ReadonlySet<Pass["kind"]> = new Set(["out", "inout", "outArray", "adopt"]);

/** All mistakes of one row. */
function* rowFindings(
  types: TypeTable,
  row: Row,
  symbols: ReadonlyMap<string, Row>,
): Generator<string> {
  const names = new Set<string>();
  if (!/^\w+$/.test(row.symbol)) yield "is not a symbol";
  if (row.doc.trim() === "" || !row.doc.endsWith(".")) yield "needs a doc that is a sentence";
  if (!row.opts.internal && (row.since < 2000 || row.since > 99999))
    yield `since ${row.since} is not a version`;
  if (row.flavor === "refused" && !row.opts.why?.endsWith("."))
    yield "is refused and does not say why";
  if (row.flavor !== "refused" && row.opts.why !== undefined) yield "says why, but is not refused";
  if (row.flavor === "custom" && row.opts.wire === undefined)
    yield "is custom and describes no wire structure";
  if (row.flavor !== "custom" && row.opts.wire !== undefined)
    yield "describes a wire structure, but is not custom";
  if (row.opts.internal && row.flavor !== "custom") yield "is internal and must be custom";
  if (row.flavor === "alias") {
    const target = symbols.get(row.opts.aliasOf ?? "");
    if (target === undefined)
      yield `is an alias of ${row.opts.aliasOf ?? "nothing"}, which is not described`;
    else if (target.args.map((a) => a.type).join() !== row.args.map((a) => a.type).join()) {
      yield `is an alias of ${target.symbol}, whose arguments differ`;
    }
  }
  for (const arg of row.args) {
    const { pass, name } = arg;
    if (names.has(name)) yield `argument ${name} is there twice`;
    names.add(name);
    if (!isPointer(arg.type) && types.shape(arg.type) === undefined) {
      yield `argument ${name} has the unknown type ${arg.type}`;
    }
    if (!GENERATED.has(row.flavor)) continue;
    if (NEEDS_POINTER.has(pass.kind) && !isPointer(arg.type)) {
      yield `argument ${name} is passed as ${pass.kind}, but ${arg.type} is no pointer`;
    }
    if (pass.kind === "opaque")
      yield `argument ${name} is a pointer whose direction and length are not told`;
    if (row.flavor === "async" && RETURNS_DATA.has(pass.kind)) {
      yield `argument ${name} comes back from the driver, but the call is async`;
    }
    if ("of" in pass && !types.kinds.includes(pass.of))
      yield `argument ${name} is of the unknown kind ${pass.of}`;
    if (
      "count" in pass &&
      !/^\d+$/.test(pass.count) &&
      !row.args.some((a) => a.name === pass.count)
    ) {
      yield `argument ${name} counts by ${pass.count}, which is no argument`;
    }
    if (
      NEEDS_POINTER.has(pass.kind) &&
      pass.kind !== "text" &&
      pass.kind !== "mint" &&
      pass.kind !== "adopt"
    ) {
      const inner = pointee(arg.type);
      if (types.shape(inner) === undefined)
        yield `argument ${name} points to the unknown type ${inner}`;
    }
    const record = NEEDS_POINTER.has(pass.kind) ? pointee(arg.type) : arg.type;
    const alignment = types.recordAlignment(record);
    if (alignment > FRAME_ALIGNMENT)
      yield `argument ${name} is a ${record}, aligned to ${alignment} bytes where a frame has ${FRAME_ALIGNMENT}: make the row custom`;
  }
}

/** Throws the first mistake. */
export const validate = (api: Api): void => {
  const types = new TypeTable(api);
  const symbols = new Map<string, Row>();
  for (const { file, rows } of api.files) {
    for (const row of rows) {
      if (symbols.has(row.symbol))
        throw new DescriptionError(file, row.symbol, "is described twice");
      symbols.set(row.symbol, row);
    }
  }
  for (const { file, rows } of api.files) {
    for (const row of rows) {
      for (const reason of rowFindings(types, row, symbols))
        throw new DescriptionError(file, row.symbol, reason);
    }
  }
};
