/** What the emitters of both halves share. */
import type { Image, Kind } from "../../../api/gl/model.ts";
import { declare } from "../../text.ts";
import { bytesAsC } from "../count.ts";
import { bytesOf } from "../ctypes.ts";
import { pointeeOf } from "../passes.ts";
import type { PlannedCommand, PlannedParam, WireMember } from "../plan.ts";
import { isConstant } from "../validate.ts";

export const kindC = (kind: Kind): string => `GF_GL_KIND_${kind.toUpperCase()}`;

export const signature = (
  { command }: PlannedCommand,
  symbol = command.name,
  first = "",
): string => {
  const params = [first, ...command.params.map((p) => declare(p.type, p.name))].filter(
    (p) => p !== "",
  );
  return `${declare(command.result, `${symbol}(${params.join(", ") || "void"})`)}`;
};

export const elementBytes = (param: PlannedParam): number => bytesOf(pointeeOf(param.type)) ?? 8;

/** Bytes of an array parameter, with the other parameters behind `prefix`. */
export const arrayBytes = (param: PlannedParam, prefix: string): string =>
  "count" in param.pass ? bytesAsC(param.pass.count, elementBytes(param), prefix) : "0u";

/** An image as an initialiser of `struct gf_image`, with the parameters behind `prefix`. */
export const imageOf = (image: Image | undefined, prefix: string): string => {
  const of = (text: string): string => (isConstant(text) ? text : `${prefix}${text}`);
  const {
    dimensions = 1,
    format = "0",
    type = "0",
    width = "0",
    height = "1",
    depth = "1",
  } = image ?? {};
  return `{${[String(dimensions), of(format), of(type), of(width), of(height), of(depth)].join(", ")}}`;
};

export const member = ({ type, name, elements }: WireMember): string =>
  declare(type, elements === undefined ? name : `${name}[${elements}]`);

export const returnsValue = (c: PlannedCommand): boolean => c.command.result !== "void";
