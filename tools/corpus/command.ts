/** A line of a makefile or script that starts a program of its folder: `cd data && THREADS=4 ../main 100`. */
import path from "node:path";

const STARTS =
  /^((?:cd\s+(\S+)\s*(?:&&|;)\s*)?(?:time\s+)?(?:[A-Za-z_]\w*=\S*\s+)*)((?:\.{1,2}|\w[\w.+-]*)\/\S.*)$/;

export interface Command {
  /** What stands before the program, ended by a space unless it is empty: other folders, variables. */
  readonly prefix: string;
  /** The program and its arguments. */
  readonly words: readonly string[];
  /** Where it runs, relative to where the line does. */
  readonly folder: string;
}

/** undefined where the line starts nothing of the folder. */
export function commandIn(line: string): Command | undefined {
  const match = STARTS.exec(line.trim());
  if (match === null) return undefined;
  const [, prefix, folder, started] = match;
  return {
    prefix: prefix!.replace(/\btime\s+/, ""),
    words: started!.split(/\s+/),
    folder: folder ?? ".",
  };
}

export function asLine({ prefix, words }: Pick<Command, "prefix" | "words">): string {
  return `${prefix}${words.join(" ")}`;
}

/** The lines that start a program of the folder itself; a backslash joins two. */
export function startsIn(text: string): string[] {
  return text
    .replaceAll(/\\\n/g, " ")
    .split("\n")
    .map((line) => commandIn(line))
    .filter((command) => command !== undefined)
    .filter(({ words }) => !words[0]!.endsWith("/") && !COMPILES.test(path.basename(words[0]!)))
    .map(asLine);
}

/** Tools that a makefile may have beside it. */
const COMPILES = /^(?:nvcc|gcc|g\+\+|cmake|make|python\d?|configure)$|\.(?:py|sh|pl)$/;
