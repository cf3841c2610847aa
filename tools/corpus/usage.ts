/** What the sources of a program say of its arguments in its usage line, and of what its exit status means. */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";

const SOURCE = /\.(?:cu|cuh|cpp|cc|c|h|hpp)$/;
const USAGE = /usage\b([^;]*);/gi;
const ARGUMENT = /<([^<>"\n]+)>|\[([^[\]"\n0-9][^[\]"\n]*)\]/g;
const STATUS_TELLS = /\?\s*(?:EXIT_SUCCESS|0)\s*:\s*(?:EXIT_FAILURE|EXIT_WAIVED|-?1)\b/;

/** What builds leave behind, which is not the program's own. */
const BUILT = /^(?:CMakeFiles|build|\..*)$/;
/** Folders below it in which a program keeps sources. */
const LEVELS_BELOW = 3;

/** The sources in a folder and below it, relative to it. Links lead to what other programs are made of. */
export function sourceFilesIn(folder: string, levels = LEVELS_BELOW): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (entry.isFile()) return SOURCE.test(entry.name) ? [entry.name] : [];
    if (!entry.isDirectory() || BUILT.test(entry.name) || levels === 0) return [];
    const below = sourceFilesIn(path.join(folder, entry.name), levels - 1);
    return below.map((name) => path.join(entry.name, name));
  });
}

/** Their texts. */
export function sourcesOf(folder: string): string[] {
  return sourceFilesIn(folder).map((name) => readFileSync(path.join(folder, name), "latin1"));
}

/**
 * Each usage line's argument names in order: `"Usage: %s <width> <height> <repeat>\n", argv[0])` has three. A string
 * may go on in a second literal.
 */
export function usagesIn(source: string): string[][] {
  return [...source.matchAll(USAGE)]
    .map(([, text]) =>
      [...text!.matchAll(ARGUMENT)]
        .map(([, angle, square]) => (angle ?? square)!.trim())
        .filter((name) => name !== "" && !/^(?:options?|argv)/i.test(name)),
    )
    .filter((names) => names.length > 0);
}

const REPETITION_OPTION =
  /(?<=["\s])(-{1,2}\w+)\s+<\w+>\s[^"\n]*\b(?:iterations?|repetitions?|repeats?)\b/gi;

/** The options that say how often, by the help text: `-r <R>    # of timed repetition iterations`. */
export function repetitionOptionsIn(source: string): string[] {
  return [...source.matchAll(REPETITION_OPTION)].map(([, option]) => option!);
}

/** cuda-samples compare in silence, and end with success or failure. */
export function judgesByStatus(source: string): boolean {
  return STATUS_TELLS.test(source);
}
