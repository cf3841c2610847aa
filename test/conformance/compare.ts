/** Two runs of cuda-conformance, line by line, and the differences that are written down with their reason. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

/** Calls by `function<tab>case`, and what each came to. */
export type Calls = ReadonlyMap<string, string>;

/** A difference that is meant. Patterns know `*` and `?`; results are as printed. */
export interface Meant {
  readonly function: string;
  readonly case: string;
  readonly why: string;
  readonly direct?: string;
  readonly forwarded?: string;
}

export interface Difference {
  readonly function: string;
  readonly case: string;
  /** undefined: this run has no such call. */
  readonly direct: string | undefined;
  readonly forwarded: string | undefined;
}

const here = path.dirname(fileURLToPath(import.meta.url));

export const meantDifferences = (): Meant[] =>
  JSON.parse(readFileSync(path.join(here, "differences.json"), "utf8")) as Meant[];

export function parseCalls(text: string): Calls {
  const calls = new Map<string, string>();
  for (const line of text.split("\n")) {
    const [symbol, name, ...rest] = line.split("\t");
    if (symbol !== undefined && name !== undefined && rest.length > 0)
      calls.set(`${symbol}\t${name}`, rest.join("\t"));
  }
  return calls;
}

export function differences(direct: Calls, forwarded: Calls): Difference[] {
  const keys = new Set([...direct.keys(), ...forwarded.keys()]);
  return [...keys]
    .filter((key) => direct.get(key) !== forwarded.get(key))
    .map((key) => {
      const [symbol, name] = key.split("\t") as [string, string];
      return {
        function: symbol,
        case: name,
        direct: direct.get(key),
        forwarded: forwarded.get(key),
      };
    });
}

const fits = (pattern: string | undefined, text: string | undefined): boolean => {
  if (pattern === undefined) return true;
  if (text === undefined) return false;
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replace(/\*/g, "[^]*")
    .replace(/\?/g, ".");
  return new RegExp(`^${source}$`).test(text);
};

export const isMeant = (difference: Difference, meant: Meant): boolean =>
  fits(meant.function, difference.function) &&
  fits(meant.case, difference.case) &&
  fits(meant.direct, difference.direct) &&
  fits(meant.forwarded, difference.forwarded);

export interface Verdict {
  readonly calls: number;
  readonly functions: number;
  /** Differences that nobody has explained. */
  readonly unexplained: readonly Difference[];
  readonly explained: number;
  /** Explanations of differences that are no more. */
  readonly stale: readonly Meant[];
}

export function judge(direct: Calls, forwarded: Calls, meant: readonly Meant[]): Verdict {
  const found = differences(direct, forwarded);
  const unexplained = found.filter((d) => !meant.some((m) => isMeant(d, m)));
  return {
    calls: direct.size,
    functions: new Set([...direct.keys()].map((key) => key.split("\t")[0])).size,
    unexplained,
    explained: found.length - unexplained.length,
    stale: meant.filter((m) => !found.some((d) => isMeant(d, m))),
  };
}

export const describeDifference = (d: Difference): string =>
  `${d.function}, ${d.case}: direct ${d.direct ?? "not called"} | forwarded ${d.forwarded ?? "not called"}`;
