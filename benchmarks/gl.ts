/**
 * `npm run bench -- gl`: frame rates and calls of OpenGL, forwarded against direct and against virgl, in one run.
 * What is measured, and how to read it: docs/benchmarks.md.
 */
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { Command } from "commander";
import { CALL_KINDS, measureCalls, measureLatency } from "./src/gl/calls.ts";
import { measureFrames } from "./src/gl/frames.ts";
import { measureOpenArena, OPENARENA } from "./src/gl/openarena.ts";
import { frameCases, SIZES } from "./src/gl/programs.ts";
import { glTableLine, writeGlResultSet } from "./src/gl/report.ts";
import type { GlRow } from "./src/gl/result.ts";
import { type GlStage, installed, openGlStage } from "./src/gl/stage.ts";
import { framesMean, glJudged } from "./src/gl/targets.ts";
import { describeMachine } from "./src/machine.ts";
import { progress } from "./src/progress.ts";
import { RESULTS_DIR, writeJson } from "./src/report/files.ts";

interface Options {
  readonly json?: string;
  readonly quick?: true;
  readonly only?: string;
  readonly out?: string;
}

const options = new Command("bench gl")
  .description("Measures OpenGL forwarded against direct and against virgl.")
  .option("--json <path>", "write the result there, and nowhere else")
  .option("--quick", "fewer scenes and repetitions: two minutes")
  .option("--only <pattern>", "cases whose name this regular expression matches")
  .option("--out <directory>", "where JSON and table go", RESULTS_DIR)
  .parse()
  .opts<Options>();

const quick = options.quick === true;
const pattern = new RegExp(options.only ?? "");
const repetitions = quick ? 1 : 3;
const SCENE_S = { full: 2, quick: 1 };

const machine = { ...describeMachine(quick), driver: driver() };
const rows: GlRow[] = [];
const failed: string[] = [];

async function add(name: string, measure: () => GlRow | Promise<GlRow>): Promise<void> {
  if (!pattern.test(name)) return;
  progress(name);
  try {
    const row = glJudged(await measure());
    rows.push(row);
    console.log(glTableLine(row));
  } catch (error) {
    // One case that does not work must not take with it what twenty minutes have measured.
    failed.push(name);
    console.error(`${name}: ${(error as Error).message}`);
  }
}

async function measureAll(stage: GlStage): Promise<void> {
  for (const kind of CALL_KINDS) {
    await add(`calls_${kind}`, () => measureCalls(stage, kind, 3));
  }
  for (const size of SIZES) {
    const text = `${size.width}x${size.height}`;
    await add(`swap_to_x_${text}`, () => measureLatency(stage, size, repetitions));
    const before = rows.length;
    for (const wanted of frameCases(size, quick ? SCENE_S.quick : SCENE_S.full)) {
      if (quick && !wanted.quick) continue;
      if (installed(wanted.needs)) {
        await add(wanted.name, () => measureFrames(stage, wanted, repetitions));
      }
    }
    const frames = rows.slice(before).filter(({ unit }) => unit === "fps");
    if (frames.length > 1) await add(`frames_geomean_${text}`, () => framesMean(text, frames));
    if (!quick && existsSync(OPENARENA)) {
      await add(`openarena_${text}`, () => measureOpenArena(stage, size, repetitions));
    }
  }
}

/** What is behind all three modes, by its own name and version. */
function driver(): string {
  const args = ["--platform=surfaceless_egl", "--api=gl"];
  const said = execFileSync("wflinfo", args, { encoding: "utf8", stdio: "pipe" });
  const line = (what: string) => new RegExp(`OpenGL ${what} string: (.*)`).exec(said)?.[1];
  return `${line("renderer")}, ${line("version")}`;
}

for (const [command, name] of [
  ["glmark2", "bench"],
  ["virgl_test_server", "bench"],
  [OPENARENA, "games"],
] as const) {
  if (!installed(command)) console.log(`not measured: ${command}; tools/setup --with ${name}`);
}
const stage = await openGlStage();
try {
  await measureAll(stage);
} finally {
  await stage.stop();
}
if (failed.length > 0) {
  console.error(`failed: ${failed.join(", ")}`);
  process.exitCode = 1;
}
if (rows.length === 0) throw new Error(`no case matches ${pattern}`);
const result = { machine, rows };
if (options.json !== undefined) writeJson(options.json, result);
else console.log(`written: ${writeGlResultSet(options.out ?? RESULTS_DIR, result)}`);
const targets = rows.flatMap((row) => row.targets ?? []);
console.log(`${targets.filter(({ met }) => met).length} of ${targets.length} targets met`);
