/**
 * `npx tsx test/lib/try.ts direct|forwarded NAME…`: builds the named programs (or all) and runs them, one line each,
 * with everything that a failing one printed. Forwarded runs start a private server.
 */
import { build, buildable } from "./build.ts";
import { type Cudart, programNamed } from "./manifest.ts";
import { directEnv, ending, forwardedEnv, runProgram, verdictOf } from "./run.ts";
import { startServer } from "./server.ts";

const [way, ...names] = process.argv.slice(2);
const cudart = (process.env.CUDART ?? "static") as Cudart;
if (way !== "direct" && way !== "forwarded") {
  console.error("usage: try.ts direct|forwarded [NAME…]   (CUDART=static, shared or 12.4)");
  process.exit(2);
}

const server = way === "forwarded" ? await startServer() : undefined;
const env = server === undefined ? directEnv() : forwardedEnv(server.host);
const programs = names.length > 0 ? names.map(programNamed) : buildable();
let failed = 0;
for (const program of programs) {
  const executable = await build(program, cudart);
  const outcome = await runProgram(executable, env);
  const good = verdictOf(outcome) === "PASS" && outcome.exitCode === (program.exitCode ?? 0);
  if (!good) failed++;
  const verdict = good ? "ok    " : "FAILED";
  console.log(
    `${verdict} ${program.name.padEnd(24)} ${ending(outcome).padEnd(10)} ${outcome.wallMs.toFixed(0)} ms`,
  );
  if (!good || names.length === 1) console.log(`${outcome.stdout}${outcome.stderr}`);
}
await server?.stop();
console.log(`${programs.length - failed} ok, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
