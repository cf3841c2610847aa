/**
 * gpu-check: what this machine's GPU does natively and forwarded. Runs from an unpacked bundle, without network, and
 * leaves gpu-check.json and gpu-check.md, written anew after every step.
 */
import { mkdirSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { findLayout } from "../../host-server/src/config/layout.ts";
import { collectFacts, hasGpu } from "./facts.ts";
import { openWithJail } from "./jail.ts";
import { type Report, type Row, readReport, writeReport } from "./report.ts";
import { Programs, programsOf } from "./run.ts";
import { askedInVain, type Stage } from "./stage.ts";
import { MINUTE, type Step } from "./step.ts";
import { bench } from "./steps/bench.ts";
import { conformance } from "./steps/conformance.ts";
import { openGl } from "./steps/gl.ts";
import { monitors } from "./steps/monitors.ts";
import { programs } from "./steps/programs.ts";
import { pythonScripts } from "./steps/python.ts";
import { sharing } from "./steps/sharing.ts";

const usage = `usage: tools/gpu-check [--out DIRECTORY] [--quick] [--minutes N] [--soft] [--python PATH] [--only STEP,…] [--continue]
  --out      where the report goes; gpu-check-DATE unless said
  --quick    a few programs, one round: shows that the check works, and no time worth having
  --minutes  all that it may take; 9 of --quick, else as long as its steps need. What did not fit is named
  --soft     the software CUDA device, even where there is a GPU
  --python   whose packages are checked; the activated environment's unless said
  --only     of: programs, conformance, micro-benchmarks, python, sharing, opengl, monitors
  --continue only the steps that the report in --out still waits for; its rows stay
`;

const options = readOptions();
if (options.help === true) {
  process.stdout.write(usage);
  process.exit(0);
}
const layout = findLayout();
const software = options.soft === true || !hasGpu();
const quick = options.quick === true;
const directory = path.resolve(
  options.out ?? `gpu-check-${new Date().toISOString().slice(0, 16).replaceAll(":", "")}`,
);
mkdirSync(directory, { recursive: true });

const steps: readonly Step[] = [
  programs,
  conformance,
  bench,
  pythonScripts(options.python),
  sharing(options.python),
  openGl,
  monitors,
].filter(({ name }) => options.only === undefined || options.only.split(",").includes(name));

const earlier = options.continue === true ? readReport(directory) : undefined;
const todo = steps.filter(({ name }) => earlier === undefined || earlier.waiting.includes(name));
/** So that a slot of ten minutes holds a quick check, with what starting and ending take. */
const QUICK_MINUTES = 9;
const minutes = Number(options.minutes ?? (quick ? QUICK_MINUTES : Number.POSITIVE_INFINITY));
if (!(minutes > 0)) {
  process.stderr.write(`--minutes ${options.minutes} is no number above 0\n${usage}`);
  process.exit(2);
}
const endsAt = Date.now() + minutes * MINUTE;

const say = (text: string) => process.stderr.write(`${text}\n`);
if (software) say("no GPU is used: everything runs on the software CUDA device");

const report: Report = {
  facts: await collectFacts(layout, { software, quick, python: options.python }),
  rows: earlier?.rows ?? [],
  askedInVain: earlier?.askedInVain ?? {},
  waiting: earlier?.waiting ?? todo.map(({ name }) => name),
};
const save = () => {
  Object.assign(report.askedInVain, askedInVain(directory));
  writeReport(directory, report);
};
save();

let stage: Stage | undefined;
let current: Programs | undefined;
// Whoever ends a slot ends the check so: nothing it started shall go on using the GPU.
for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const)
  process.once(signal, async () => {
    say(`${signal}: what was found by now is in ${directory}`);
    current?.end();
    await stage?.stop();
    save();
    process.exit(130);
  });
try {
  stage = await openWithJail(layout, directory, { software, quick }, add);
  for (const step of todo) {
    if (Date.now() >= endsAt) break;
    await runStep(stage, step);
  }
} catch (thrown) {
  add({ group: "gpu-check", name: "server", verdict: "fail", detail: String(thrown) });
} finally {
  await stage?.stop();
  save();
}
const failed = report.rows.filter(({ verdict }) => verdict === "fail").length;
if (report.waiting.length > 0)
  say(
    `no time was left for ${report.waiting.join(", ")}: go on with --continue --out ${directory}`,
  );
say(`${path.join(directory, "gpu-check.md")}: ${failed} of ${report.rows.length} rows failed`);
process.exit(failed === 0 && report.waiting.length === 0 ? 0 : 1);

/** Whatever a step does, the next one runs, and what it has found by then is kept. */
async function runStep(on: Stage, step: Step): Promise<void> {
  say(`-- ${step.name}`);
  const limitMs = Math.min(on.quick ? 5 * MINUTE : step.limitMs, step.limitMs, endsAt - Date.now());
  const started = new Programs();
  current = started;
  let over = false;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new Error(`not done after ${(limitMs / MINUTE).toFixed(1)} min`)),
      limitMs,
    );
  });
  try {
    // A step that is late may still find something: it is of a report that has gone on without it.
    const working = programsOf.run(started, () =>
      step.run(on, (row) => {
        if (!over) add(row);
      }),
    );
    working.catch(() => {});
    await Promise.race([working, late]);
  } catch (thrown) {
    add({ group: step.name, name: "the step itself", verdict: "fail", detail: String(thrown) });
  } finally {
    over = true;
    clearTimeout(timer);
    started.end();
    report.waiting = report.waiting.filter((name) => name !== step.name);
    save();
  }
}

function add(row: Row): void {
  report.rows.push(row);
  const ratio = row.ratio === undefined ? "" : ` ${row.ratio.toFixed(3)}`;
  say(`${row.verdict.padEnd(7)}${row.name}${ratio}  ${row.detail}`);
  save();
}

function readOptions() {
  try {
    return parseArgs({
      options: {
        out: { type: "string" },
        quick: { type: "boolean" },
        soft: { type: "boolean" },
        python: { type: "string" },
        only: { type: "string" },
        minutes: { type: "string" },
        continue: { type: "boolean" },
        help: { type: "boolean" },
      },
    }).values;
  } catch (thrown) {
    process.stderr.write(`${thrown instanceof Error ? thrown.message : thrown}\n${usage}`);
    process.exit(2);
  }
}
