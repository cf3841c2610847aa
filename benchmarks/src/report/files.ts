/** Where results go. */
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { ROOT } from "../../../test/lib/paths.ts";
import { kindOf } from "../machine.ts";
import type { Result } from "../result.ts";
import { markdownOf } from "./markdown.ts";
import { plotOf } from "./plot.ts";

export const RESULTS_DIR = path.join(ROOT, "benchmarks/results");

export function writeJson(file: string, result: unknown): void {
  mkdirSync(path.dirname(path.resolve(file)), { recursive: true });
  writeFileSync(file, `${JSON.stringify(result, null, 2)}\n`);
}

/** JSON, table and plot side by side, named after the day and the kind of machine. Returns the table's path. */
export async function writeResultSet(directory: string, result: Result): Promise<string> {
  const name = `${result.machine.date}-${kindOf(result.machine)}`;
  const file = (extension: string) => path.join(directory, `${name}.${extension}`);
  writeJson(file("json"), result);
  writeFileSync(file("svg"), await plotOf(result));
  writeFileSync(file("md"), markdownOf(result, `${name}.svg`));
  return file("md");
}
