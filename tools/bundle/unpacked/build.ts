/** What test/lib/build.ts does, of an unpacked bundle: everything was built before. */
import { existsSync } from "node:fs";
import path from "node:path";
import { type Cudart, PROGRAMS, type Program } from "../../../test/lib/manifest.ts";
import { BUILT_PROGRAMS } from "./paths.ts";

const executable = ({ name }: Program) => path.join(BUILT_PROGRAMS, name, name);

/** The programs that the bundle has. */
export function buildable(programs: readonly Program[] = PROGRAMS): Program[] {
  return programs.filter((program) => existsSync(executable(program)));
}

export async function build(program: Program): Promise<string> {
  return executable(program);
}

export async function buildAll(
  _wanted: readonly { program: Program; cudart: Cudart }[],
  _onBuilt?: (name: string, done: number, total: number) => void,
): Promise<void> {}
