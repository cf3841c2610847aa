/** Runs one module of tests one way, in as many processes as it takes: what ends a process, or never ends, costs one test. */
import { spawn } from "node:child_process";
import { closeSync, existsSync, mkdirSync, openSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { killGroup } from "../lib/kill-group.ts";
import { ModuleJournal, OUT_OF_TIME } from "./journal.ts";

export interface ModuleRun {
  readonly python: string;
  /** The module's file, or the node id of one of its tests. */
  readonly tests: string;
  /** pytest's root: node ids are relative to it. */
  readonly root: string;
  readonly plugins: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly journal: string;
  /** Run every n-th test. */
  readonly every: number;
  /** In order of collection, the tests to run, whatever `every` says; all where it is undefined. */
  readonly chosen?: readonly number[] | undefined;
  /** How long a test may take, and how long importing the module may. */
  readonly testLimitMs: number;
  /** For all of the module; the tests that were not reached by then stay without a finding. */
  readonly moduleLimitMs: number;
}

const LOOK_EVERY_MS = 500;
/** pytest's: all passed, some failed, none collected. */
const COMPLETE = [0, 1, 5];

export async function runModule(run: ModuleRun): Promise<ModuleJournal> {
  mkdirSync(path.dirname(run.journal), { recursive: true });
  const journal = new ModuleJournal(run.journal);
  if (journal.ended() === undefined) journal.forgetUnderway();
  const deadline = performance.now() + run.moduleLimitMs;
  while (journal.ended() === undefined) {
    const before = journal.size();
    const ending = await runProcess(run, deadline);
    const bad = ending.late ? "timeout" : "crash";
    const underway = journal.underway();
    if (performance.now() >= deadline) {
      if (underway !== undefined) journal.add({ test: underway, outcome: "unreached" });
      journal.add({ test: "", outcome: "ended", why: OUT_OF_TIME });
    } else if (underway !== undefined) {
      journal.add({ test: underway, outcome: bad, why: ending.text });
    } else if (ending.complete) {
      journal.add({ test: "", outcome: "ended" });
    } else {
      journal.add({ test: moduleOf(run), outcome: bad, why: ending.text });
      // Outside of any test, and it would do so again.
      if (journal.size() <= before + 1)
        journal.add({ test: "", outcome: "ended", why: ending.text });
    }
  }
  return journal;
}

const moduleOf = ({ tests, root }: ModuleRun) => path.relative(root, tests);

interface Ending {
  /** Killed for what it took. */
  readonly late: boolean;
  readonly complete: boolean;
  readonly text: string;
}

function runProcess(run: ModuleRun, deadline: number): Promise<Ending> {
  const plugins = ["journal", ...run.plugins].flatMap((name) => ["-p", name]);
  const options = [
    "-p",
    "no:cacheprovider",
    "-q",
    "--continue-on-collection-errors",
    "--rootdir",
    run.root,
  ];
  const log = openSync(run.journal.replace(/\.jsonl$/, ".log"), "a");
  const chosen = run.journal.replace(/\.jsonl$/, ".chosen");
  if (run.chosen !== undefined) writeFileSync(chosen, run.chosen.join("\n"));
  return new Promise((resolve, reject) => {
    const child = spawn(run.python, ["-m", "pytest", ...plugins, ...options, run.tests], {
      cwd: run.root,
      detached: true,
      env: {
        ...process.env,
        PYTHONPATH: import.meta.dirname,
        PYTHONDONTWRITEBYTECODE: "1",
        GPUFERRY_JOURNAL: run.journal,
        GPUFERRY_EVERY: String(run.every),
        ...(run.chosen === undefined ? {} : { GPUFERRY_CHOSEN: chosen }),
        ...run.env,
      },
      stdio: ["ignore", log, log],
    });
    closeSync(log);
    const started = Date.now();
    let late = false;
    const look = setInterval(() => {
      const written = existsSync(run.journal) ? statSync(run.journal).mtimeMs : 0;
      const quietMs = Date.now() - Math.max(started, written);
      if (quietMs < run.testLimitMs && performance.now() < deadline) return;
      late = true;
      killGroup(child.pid);
    }, LOOK_EVERY_MS);
    const end = () => killGroup(child.pid);
    process.once("exit", end);
    child.on("error", reject);
    child.on("exit", (exitCode, signal) => {
      clearInterval(look);
      process.removeListener("exit", end);
      end(); // children that it left
      resolve({
        late,
        complete: exitCode !== null && COMPLETE.includes(exitCode),
        text: late ? "took too long" : (signal ?? `exit ${exitCode}`),
      });
    });
  });
}
