/** Before the end-to-end tests: every program that they run is compiled, so that no test's time holds a compiler's. */
import { buildAll, buildable } from "./build.ts";
import { DRIVER_CRASH, FROZEN_CLOCK, GL_PROGRAMS, LOST_CONTEXT, SNAPSHOT } from "./gl-manifest.ts";
import { PROGRAMS } from "./manifest.ts";
import { variants } from "./variants.ts";

export default async function setup(): Promise<void> {
  const programs = buildable();
  if (programs.length < PROGRAMS.length) {
    console.error(`no nvcc: ${PROGRAMS.length - programs.length} programs are left out`);
  }
  const gl = [...GL_PROGRAMS, LOST_CONTEXT, DRIVER_CRASH, SNAPSHOT, FROZEN_CLOCK];
  await buildAll([
    ...variants(programs),
    ...gl.map((program) => ({ program, cudart: "static" as const })),
  ]);
}
