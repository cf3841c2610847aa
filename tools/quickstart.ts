/**
 * The tour: CUDA programs that nobody changed, each run straight on the software device ("passthrough") and as a guest
 * of a server ("forwarded"), with each program's own verdict and what forwarding cost in time; then OpenGL programs in a
 * virtual X server, with frame rates and pictures of their windows. `bin/gpuferry quickstart [--quick] [DIRECTORY]` of an
 * unpacked bundle is the same tour with programs that were built before; what OpenGL wants of the machine it may lack.
 */
import path from "node:path";
import { buildAll, buildable } from "../test/lib/build.ts";
import { type Comparison, compareWays } from "../test/lib/compare.ts";
import type { Program } from "../test/lib/manifest.ts";
import { BUNDLED, PICTURES } from "../test/lib/paths.ts";
import { startServer } from "../test/lib/server.ts";
import { type RenderTour, renderTour } from "./lib/render.ts";
import { geometricMean, table } from "./lib/table.ts";

/** `--quick`: everything once, for who wants verdicts and no times. */
const QUICK = process.argv.includes("--quick");

/** The first of these runs is not counted: it compiles kernels into the software device's disk cache. */
const ROUNDS = QUICK ? 1 : 4;

/** Below this a program's time is mostly its own start and the one connection to the server. */
const LONG_MS = 100;

const programs = buildable().filter((program) => program.quickstart);
const progress = (text: string) => {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${text}`);
};

console.log(
  `${BUNDLED ? "" : "Building "}${programs.length} programs, none of which knows of gpuferry …`,
);
await buildAll(
  programs.map((program) => ({ program, cudart: "static" })),
  (name, done, total) => progress(`[${done}/${total}] ${name}`),
);
progress("");

console.log("Starting a server, and running each program forwarded and passthrough in turn …\n");
const server = await startServer();
const results: { program: Program; comparison: Comparison }[] = [];
let rendered: RenderTour;
try {
  for (const [index, program] of programs.entries()) {
    progress(`[${index + 1}/${programs.length}] ${program.name}`);
    results.push({ program, comparison: await compareWays(program, server.host, ROUNDS) });
  }
  rendered = await renderTour(server.host, QUICK, (name) => progress(`rendering: ${name}`));
} finally {
  await server.stop();
  progress("");
}

console.log(
  table(
    ["program", "what it shows", "verdict", "forwarded", "passthrough", "ratio"],
    results.map(({ program, comparison }) => [
      program.name,
      program.shows,
      comparison.verdict,
      `${comparison.forwardedMs.toFixed(0)} ms`,
      `${comparison.passthroughMs.toFixed(0)} ms`,
      comparison.ratio.toFixed(2),
    ]),
    ["left", "left", "left", "right", "right", "right"],
  ),
);

const failed = results.filter(({ comparison }) => comparison.verdict !== "PASS");
const mean = (of: typeof results) =>
  geometricMean(of.map(({ comparison }) => comparison.ratio)).toFixed(2);
const long = results.filter(({ comparison }) => comparison.passthroughMs >= LONG_MS);
console.log(`\nforwarded / passthrough, geometric mean: ${mean(results)} of all`);
if (long.length > 0) {
  console.log(
    `${mean(long)} of the ${long.length} that take ${LONG_MS} ms or more; the rest is about connecting, once`,
  );
}
console.log(`${results.length - failed.length} of ${results.length} programs pass`);
for (const { program, comparison } of failed) {
  console.log(`\n${program.name}: ${comparison.verdict}\n${comparison.said}`);
}
console.log(`\nOpenGL in a virtual X server\n\n${rendered.table}`.trimEnd());
for (const lack of rendered.lacks) console.log(lack);
if (rendered.pictures > 0)
  console.log(
    `\npictures of the windows, direct and forwarded: ${path.relative(process.cwd(), PICTURES)}/`,
  );
for (const failure of rendered.failures) console.log(`\n${failure}`);
const good = results.length > 0 && failed.length === 0 && rendered.failures.length === 0;
if (good) {
  console.log(`
Next, with a CUDA or OpenGL program of your own:
  bin/gpuferry run -- ./your-program        forwarded, in a server started for it
  bin/gpuferry doctor                       what this machine has and lacks
  ${BUNDLED ? "tools/gpu-check                          what its GPU does, natively and forwarded" : "npm run bench                             what forwarding costs, call by call"}`);
}
process.exitCode = good ? 0 : 1;
