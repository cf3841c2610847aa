/**
 * gpu-check: what this machine's GPU does natively and forwarded. Runs from an unpacked bundle, without network, and
 * leaves gpu-check.json and gpu-check.md, written anew after every step.
 */
import { mkdirSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { findLayout } from "../../host-server/src/config/layout.ts";
import { collectFacts, hasGpu } from "./facts.ts";
import { type Report, type Row, writeReport } from "./report.ts";
import { askedInVain, openStage, type Stage } from "./stage.ts";
import { MINUTE, type Step } from "./step.ts";
import { bench } from "./steps/bench.ts";
import { conformance } from "./steps/conformance.ts";
import { openGl } from "./steps/gl.ts";
import { monitors } from "./steps/monitors.ts";
import { programs } from "./steps/programs.ts";
import { pythonScripts } from "./steps/python.ts";
import { sharing } from "./steps/sharing.ts";

const usage = `usage: tools/gpu-check [--out DIRECTORY] [--quick] [--soft] [--python PATH] [--only STEP,…]
  --out      where the report goes; gpu-check-DATE unless said
  --quick    a few programs, one round: shows that the check works, and no time worth having
  --soft     the software CUDA device, even where there is a GPU
  --python   whose packages are checked; the activated environment's unless said
  --only     of: programs, conformance, micro-benchmarks, python, sharing, opengl, monitors
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

const say = (text: string) => process.stderr.write(`${text}\n`);
if (software) say("no GPU is used: everything runs on the software CUDA device");

const report: Report = {
  facts: await collectFacts(layout, { software, quick, python: options.python }),
  rows: [],
  askedInVain: {},
  waiting: steps.map(({ name }) => name),
};
const save = () => {
  Object.assign(report.askedInVain, askedInVain(directory));
  writeReport(directory, report);
};
save();

let stage: Stage | undefined;
try {
  stage = await openStage(layout, directory, { software, quick });
  for (const step of steps) await runStep(stage, step);
} catch (thrown) {
  add({ group: "gpu-check", name: "server", verdict: "fail", detail: String(thrown) });
} finally {
  await stage?.stop();
  save();
}
const failed = report.rows.filter(({ verdict }) => verdict === "fail").length;
say(`${path.join(directory, "gpu-check.md")}: ${failed} of ${report.rows.length} rows failed`);
process.exit(failed === 0 ? 0 : 1);

/** Whatever a step does, the next one runs, and what it has found by then is kept. */
async function runStep(on: Stage, step: Step): Promise<void> {
  say(`-- ${step.name}`);
  const limitMs = on.quick ? Math.min(step.limitMs, 5 * MINUTE) : step.limitMs;
  let over = false;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not done after ${limitMs / MINUTE} min`)), limitMs);
  });
  try {
    // A step that is late may still find something: it is of a report that has gone on without it.
    const working = step.run(on, (row) => {
      if (!over) add(row);
    });
    working.catch(() => {});
    await Promise.race([working, late]);
  } catch (thrown) {
    add({ group: step.name, name: "the step itself", verdict: "fail", detail: String(thrown) });
  } finally {
    over = true;
    clearTimeout(timer);
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
        help: { type: "boolean" },
      },
    }).values;
  } catch (thrown) {
    process.stderr.write(`${thrown instanceof Error ? thrown.message : thrown}\n${usage}`);
    process.exit(2);
  }
}
