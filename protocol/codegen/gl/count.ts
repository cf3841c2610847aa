/** Counts over a command's parameters (api/gl/model.ts), as C that saturates instead of overflowing. */
import type { Count } from "../../api/gl/model.ts";

export class CountError extends Error {}

export interface Factor {
  readonly kind: "number" | "param" | "call";
  readonly text: string;
  readonly args: readonly string[];
}

export interface ParsedCount {
  readonly factors: readonly Factor[];
  /** 1 where nothing is divided. */
  readonly divisor: number;
}

const factor = (text: string): Factor => {
  if (/^\d+$/.test(text)) return { kind: "number", text, args: [] };
  if (/^[a-z_]\w*$/i.test(text)) return { kind: "param", text, args: [] };
  const call = /^([a-z_]\w*)\(([\w, ]*)\)$/i.exec(text);
  if (call) {
    const args = (call[2] as string).split(",").map((a) => a.trim());
    return { kind: "call", text: call[1] as string, args: args.filter((a) => a !== "") };
  }
  throw new CountError(`"${text}" is no number, parameter or call`);
};

/** Throws CountError for what is no count. */
export const parseCount = (count: Count): ParsedCount => {
  const [product, divisor, ...more] = count.split("/").map((s) => s.trim());
  if (more.length > 0 || (divisor !== undefined && !/^[1-9]\d*$/.test(divisor)))
    throw new CountError(`"${count}" divides by something else than one number`);
  return {
    factors: (product as string).split("*").map((f) => factor(f.trim())),
    divisor: Number(divisor ?? 1),
  };
};

/** Parameters that a count looks at. */
export const paramsOf = (count: Count): string[] =>
  parseCount(count).factors.flatMap((f) => (f.kind === "param" ? [f.text] : [...f.args]));

/** The number itself, if it is one. */
export const constantOf = (count: Count): number | null => {
  const { factors, divisor } = parseCount(count);
  if (factors.some((f) => f.kind !== "number")) return null;
  return Math.floor(factors.reduce((product, f) => product * Number(f.text), 1) / divisor);
};

/** A uint64_t expression: `count` elements of `elementBytes` each; parameters are found behind `prefix`. */
export const bytesAsC = (count: Count, elementBytes: number, prefix: string): string => {
  const constant = constantOf(count);
  if (constant !== null) return `${constant * elementBytes}u`;
  const { factors, divisor } = parseCount(count);
  const terms = factors.map((f) => {
    if (f.kind === "number") return `${f.text}u`;
    if (f.kind === "param") return `gf_gl_count(${prefix}${f.text})`;
    return `gf_gl_${f.text}(${f.args.map((a) => prefix + a).join(", ")})`;
  });
  const product = terms.reduce((left, right) => `gf_gl_times(${left}, ${right})`);
  const elements = divisor === 1 ? product : `${product} / ${divisor}u`;
  return elementBytes === 1 ? elements : `gf_gl_times(${elements}, ${elementBytes}u)`;
};
