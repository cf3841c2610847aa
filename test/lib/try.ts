/**
 * `npx tsx test/lib/try.ts direct|forwarded NAME…`: builds the named programs (or all of CUDA's, or with `gl` all of
 * OpenGL's) and runs them, one line each, with everything that a failing one printed. Forwarded runs start a private
 * server, OpenGL programs a private X server.
 */
import { build, buildable } from "./build.ts";
import { type Display, startDisplay } from "./display.ts";
import { directGlEnv, forwardedGlEnv } from "./gl.ts";
import { GL_PROGRAMS, glProgramNamed } from "./gl-manifest.ts";
import { type Cudart, type Program, programNamed } from "./manifest.ts";
import { directEnv, ending, forwardedEnv, runProgram, verdictOf } from "./run.ts";
import { startServer } from "./server.ts";

const [way, ...names] = process.argv.slice(2);
const cudart = (process.env.CUDART ?? "static") as Cudart;
if (way !== "direct" && way !== "forwarded") {
  console.error("usage: try.ts direct|forwarded [NAME…]   (CUDART=static, shared or 12.4)");
  process.exit(2);
}

function programsOf(wanted: readonly string[]): readonly Program[] {
  if (wanted.length === 0) return buildable();
  return wanted.flatMap((name) => {
    if (name === "gl") return GL_PROGRAMS;
    return name.startsWith("gl_") ? glProgramNamed(name) : programNamed(name);
  });
}

const programs = programsOf(names);
const server = way === "forwarded" ? await startServer() : undefined;
let display: Display | undefined;

async function environmentOf(program: Program): Promise<Record<string, string>> {
  if (!program.name.startsWith("gl_")) return server ? forwardedEnv(server.host) : directEnv();
  display ??= await startDisplay();
  return server ? forwardedGlEnv(server.host, display.name) : directGlEnv(display.name);
}

let failed = 0;
for (const program of programs) {
  const executable = await build(program, cudart);
  const outcome = await runProgram(executable, await environmentOf(program));
  const good = verdictOf(outcome) === "PASS" && outcome.exitCode === (program.exitCode ?? 0);
  if (!good) failed++;
  const verdict = good ? "ok    " : "FAILED";
  console.log(
    `${verdict} ${program.name.padEnd(24)} ${ending(outcome).padEnd(10)} ${outcome.wallMs.toFixed(0)} ms`,
  );
  if (!good || programs.length === 1) console.log(`${outcome.stdout}${outcome.stderr}`);
}
await display?.stop();
await server?.stop();
console.log(`${programs.length - failed} ok, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
