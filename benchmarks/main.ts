/**
 * `npm run bench`: what forwarding costs, against passthrough and against the bare ring, in one run.
 * What is measured, and how to read it: docs/benchmarks.md.
 */
import { Command } from "commander";
import { measureCase } from "./src/calls.ts";
import { CASES } from "./src/cases.ts";
import { describeMachine } from "./src/machine.ts";
import { openStage, type Stage } from "./src/modes.ts";
import { geometricMeanOf, measureConnect, measureProgram, wholePrograms } from "./src/programs.ts";
import { progress, tableLine } from "./src/progress.ts";
import { RESULTS_DIR, writeJson, writeResultSet } from "./src/report/files.ts";
import type { Row } from "./src/result.ts";
import { judged } from "./src/targets.ts";

interface Options {
  readonly json?: string;
  readonly quick?: true;
  readonly only?: string;
  readonly out?: string;
}

const options = new Command("bench")
  .description("Measures forwarded calls against passthrough and against the bare ring.")
  .option("--json <path>", "write the result there, and nowhere else")
  .option("--quick", "fewer repetitions and sizes: under a minute")
  .option("--only <pattern>", "cases whose name this regular expression matches")
  .option("--out <directory>", "where JSON, table and plot go", RESULTS_DIR)
  .parse()
  .opts<Options>();

const quick = options.quick === true;
const pattern = new RegExp(options.only ?? "");
const effort = quick ? "quick" : "full";
const PROGRAM_REPETITIONS = { full: 5, quick: 1 };
const CONNECT_REPETITIONS = { full: 9, quick: 3 };

const machine = describeMachine(quick);
const rows: Row[] = [];

async function add(measuring: Promise<Row>): Promise<void> {
  const row = judged(await measuring);
  rows.push(row);
  console.log(tableLine(row));
}

async function measureAll({ server, ...stage }: Stage): Promise<void> {
  for (const wanted of CASES) {
    const repetitions = wanted.repetitions[effort];
    if (repetitions === 0 || !pattern.test(wanted.name)) continue;
    progress(wanted.name);
    await add(measureCase({ server, ...stage }, wanted, repetitions));
  }
  if (pattern.test("connect_first_call")) {
    progress("connect_first_call");
    await add(measureConnect(server.host, CONNECT_REPETITIONS[effort]));
  }
  const programs: Row[] = [];
  for (const program of wholePrograms()) {
    if (!pattern.test(`program_${program.name}`) && !pattern.test("programs_geomean")) continue;
    progress(`program_${program.name}`);
    await add(measureProgram(program, server.host, PROGRAM_REPETITIONS[effort]));
    programs.push(rows.at(-1)!);
  }
  if (programs.length > 0) await add(Promise.resolve(geometricMeanOf(programs)));
}

const stage = await openStage();
try {
  await measureAll(stage);
} finally {
  await stage.stop();
}
if (rows.length === 0) throw new Error(`no case matches ${pattern}`);
const result = { machine, rows };
if (options.json !== undefined) writeJson(options.json, result);
else console.log(`written: ${await writeResultSet(options.out ?? RESULTS_DIR, result)}`);
const targets = rows.flatMap((row) => row.targets ?? []);
console.log(`${targets.filter(({ met }) => met).length} of ${targets.length} targets met`);
