/** Data and arguments that a program wants, and nothing in its repository says or holds. */
import { existsSync } from "node:fs";
import path from "node:path";
import { commandIn } from "./command.ts";

const FILE_ARGUMENT = /^[^-].*\/.|^[^-].*\.[a-z]\w*$/i;
const NOT_OPENED =
  /\b(?:unable to|could ?n[o']t|can ?n[o']t|failed to|error(?: in)?) (?:open(?:ing)?|load|find|read) .*(?:file|director)|\b(?:error|failed) opening\b|\bfile .*\b(?:not found|does not exist)\b|\bNo such file or directory\b|\bNo such folder\b/i;
const USAGE = /^\W*usage\b\s*:/i;

/**
 * The first of a command's arguments that names a file which is not there after the run, so that it is none that was to
 * be written either; undefined where there is none.
 */
export function absentArgument(line: string, folder: string): string | undefined {
  const command = commandIn(line);
  if (command === undefined) return undefined;
  const here = path.join(folder, command.folder);
  return command.words
    .slice(1)
    .find((word) => FILE_ARGUMENT.test(word) && !existsSync(path.resolve(here, word)));
}

/** The line in which a program complains of a file that it could not open, or says how it is to be called. */
export function complaintOfInput(text: string): string | undefined {
  return text
    .split("\n")
    .map((line) => line.trim())
    .find((line) => NOT_OPENED.test(line) || USAGE.test(line));
}
