/**
 * Programs whose repetitions no argument sets have them in their sources: `#define REPEAT 1000`, `const int iterations
 * = 100;`, or a loop that warms up: `for (int i = 0; i < 100; i++) kernel<<<…>>>(…);`. In the copy that is built, once
 * is enough, too.
 */
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { sourceFilesIn } from "./usage.ts";

/** Parts of an identifier that say how often: NUM_ITERATIONS, nIter, benchRepeat, max_iters. */
const REPETITION_WORDS =
  /^(?:n?repeats?|n?reps?|repetitions?|n?iter(?:ation)?s?|n?loops|n?runs|n?trials|n?times)$/i;
/** As a macro, or as what a declaration begins with. */
const NUMBERS = [
  /^([ \t]*#[ \t]*define[ \t]+(\w+)[ \t]+\(?[ \t]*)(\d+)(?=[uUlL]*[ \t]*\)?[ \t]*(?:\/[/*].*)?\r?$)/gm,
  /(\b(?:int|unsigned|long|size_t|auto)[ \t]+(\w+)[ \t]*=[ \t]*)(\d+)(?=[uUlL]*[ \t]*[;,])/g,
];
const COUNTED_LOOP =
  /\bfor[ \t]*\([ \t]*\w+[ \t]+(\w+)[ \t]*=[ \t]*0[ \t]*;[ \t]*\1[ \t]*<[ \t]*(\d+)(?=[ \t]*;[ \t]*(?:\1\+\+|\+\+\1)[ \t]*\))/g;
const FEWEST_IN_LOOP = 10;

/** Cuts what is above 1 in the sources in `folder`; returns what there was, as `REPEAT = 1000`, nothing if nothing was. */
export function boundSources(folder: string): string[] {
  return sourceFilesIn(folder).flatMap((name) => {
    const file = path.join(folder, name);
    const { text, cut } = bounded(readFileSync(file, "latin1"));
    if (cut.length > 0) writeFileSync(file, text, "latin1");
    return cut;
  });
}

export function bounded(source: string): { readonly text: string; readonly cut: string[] } {
  const cut: string[] = [];
  let text = source;
  for (const pattern of NUMBERS) {
    text = text.replace(pattern, (all, before: string, name: string, number: string) => {
      if (Number(number) <= 1 || !wordsOf(name).some((word) => REPETITION_WORDS.test(word))) {
        return all;
      }
      cut.push(`${name} = ${number}`);
      return `${before}1`;
    });
  }
  text = text.replace(COUNTED_LOOP, (all, counter: string, number: string, offset: number) => {
    const body = bodyBehind(text, text.indexOf(")", offset) + 1);
    const repeats = /[\w>]\s*\(/.test(body) && !new RegExp(`\\b${counter}\\b`).test(body);
    if (Number(number) < FEWEST_IN_LOOP || !repeats) return all;
    cut.push(`${counter} < ${number}`);
    return `${all.slice(0, -number.length)}1`;
  });
  return { text, cut };
}

/** The statement or block of a loop whose head ends at `start`. */
function bodyBehind(source: string, start: number): string {
  let depth = 0;
  for (let end = start; end < source.length; end++) {
    if (source[end] === "{") depth++;
    const closes = source[end] === "}" && --depth <= 0;
    if (closes || (source[end] === ";" && depth === 0)) return source.slice(start, end + 1);
  }
  return "";
}

function wordsOf(identifier: string): string[] {
  return identifier.split(/_+|(?<=[a-z])(?=[A-Z])/);
}
