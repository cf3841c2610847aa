/**
 * The test programs for gpu-check: as built here, for machines without nvcc, and their sources, for those with one.
 * A list beside them says what each is made of.
 */
import { copyFileSync, cpSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { build, buildable, nvcc } from "../../test/lib/build.ts";
import { GL_PROGRAMS, SNAPSHOT } from "../../test/lib/gl-manifest.ts";
import { needsNvcc, type Program } from "../../test/lib/manifest.ts";
import { PROGRAM_SOURCES } from "../../test/lib/paths.ts";
import { PUPPET } from "../../test/lib/puppet.ts";
import type { ProgramEntry, ProgramList } from "../gpu-check/programs/list.ts";
import { copyProgram } from "./parts.ts";

/** What looks at windows, and what does as it is told: no programs of the list. */
const HELPERS: readonly Program[] = [SNAPSHOT, PUPPET];

export async function copyPrograms(to: string): Promise<number> {
  const entries: ProgramEntry[] = [];
  for (const program of [...buildable(), ...GL_PROGRAMS, ...HELPERS]) {
    const directory = path.dirname(await build(program));
    for (const file of readdirSync(directory)) {
      const [from, target] = [
        path.join(directory, file),
        path.join(to, "programs", program.name, file),
      ];
      if (file === program.name || file.endsWith(".so")) copyProgram(from, target);
      else {
        mkdirSync(path.dirname(target), { recursive: true });
        copyFileSync(from, target);
      }
    }
    if (!HELPERS.includes(program)) entries.push(entryOf(program));
  }
  const list: ProgramList = {
    builtWith: (nvcc() ?? "").trim().split("\n").at(-1) ?? "",
    programs: entries,
  };
  writeFileSync(path.join(to, "programs/list.json"), `${JSON.stringify(list, null, 1)}\n`);
  cpSync(PROGRAM_SOURCES, path.join(to, "sources"), {
    recursive: true,
    filter: (source) => !/\/(conformance|build)$/.test(source),
  });
  return entries.length;
}

function entryOf(program: Program): ProgramEntry {
  return {
    name: program.name,
    shows: program.shows,
    kind: program.sources.some((source) => source.startsWith("gl/"))
      ? "gl"
      : needsNvcc(program)
        ? "cuda"
        : "driver",
    exitCode: program.exitCode ?? 0,
    benchmark: program.benchmark ?? false,
    ...(program.plugins === undefined && { sources: program.sources, flags: program.flags ?? [] }),
  };
}
