/**
 * `npm run corpus -- DIR…`: programs of others, as they are in their repositories, on the software device, directly and
 * forwarded. docs/corpus.md says how they are found, bounded and judged.
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { Command, InvalidArgumentError } from "commander";
import { NVCC, ROOT } from "../../test/lib/paths.ts";
import { type Server, startServer } from "../../test/lib/server.ts";
import { type CorpusProgram, discover } from "./discover.ts";
import { judgeProgram, type Result, type Settings } from "./judge-program.ts";
import { asTable, asText, line, summarise } from "./report.ts";
import { ResultStore } from "./results.ts";
import { endAll } from "./shell.ts";
import type { Verdict } from "./verdict.ts";
import { layOutToolkit } from "./workspace.ts";

interface Options {
  readonly out: string;
  readonly jobs: number;
  readonly limit: number;
  readonly buildLimit: number;
  readonly again?: string;
  readonly only?: string;
  readonly direct?: true;
  readonly smallestFirst?: true;
  readonly keep?: true;
}

function positive(text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new InvalidArgumentError("must be a number above 0");
  return value;
}

const command = new Command("corpus")
  .description("Builds and runs the CUDA programs in folders of public repositories, both ways.")
  .argument("<directory...>", "folders of programs, searched as far down as need be")
  .option("--out <directory>", "results and workspaces", path.join(ROOT, "build/corpus"))
  .option("--jobs <number>", "programs at once", positive, 2)
  .option("--limit <seconds>", "for each run", positive, 60)
  .option("--build-limit <seconds>", "for each build", positive, 300)
  .option("--only <pattern>", "programs whose name this regular expression matches")
  .option("--again <verdicts>", "judge those again, e.g. wrong,crash; all for everything")
  .option("--smallest-first", "cut sizes before it is known that a run takes too long")
  .option("--direct", "leave out the forwarded runs")
  .option("--keep", "leave the workspaces, to look into")
  .parse();
const options = command.opts<Options>();

const store = new ResultStore(path.join(options.out, "results"));
const only = new RegExp(options.only ?? "");
const programs = discover(command.args).filter(({ name }) => only.test(name));
const again = (options.again?.split(",") ?? []) as (Verdict | "all")[];
const waiting = programs.filter(({ name }) => !store.has(name) || isWantedAgain(store.read(name)));

function isWantedAgain({ unbuilt, direct, forwarded }: Result): boolean {
  if (again.includes("all")) return true;
  if (unbuilt !== undefined) return again.includes("unbuilt");
  return [direct, forwarded].some((way) => way !== undefined && again.includes(way.verdict));
}

async function work(settings: Settings, queue: CorpusProgram[]): Promise<void> {
  for (let program = queue.shift(); program !== undefined; program = queue.shift()) {
    const result = await judgeProgram(program, settings);
    store.write(result);
    console.error(line(result));
    if (options.keep !== true) {
      rmSync(path.join(settings.workspaces, program.name), { recursive: true, force: true });
    }
  }
}

let server: Server | undefined;
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.on(signal, () => {
    endAll();
    server?.process.kill("SIGTERM");
    process.exit(1);
  });
}

mkdirSync(options.out, { recursive: true });
console.error(`${programs.length} programs, ${waiting.length} to judge`);
if (waiting.length > 0) {
  const toolkit = execFileSync(NVCC, ["--where"], { encoding: "utf8" }).trim();
  server = options.direct === true ? undefined : await startServer();
  const settings: Settings = {
    workspaces: path.join(options.out, "work"),
    toolkit: { root: layOutToolkit(path.join(options.out, `toolkit-${process.pid}`), toolkit) },
    host: server?.host,
    runLimitMs: 1000 * options.limit,
    buildLimitMs: 1000 * options.buildLimit,
    smallestFirst: options.smallestFirst === true,
  };
  try {
    await Promise.all(Array.from({ length: options.jobs }, () => work(settings, waiting)));
  } finally {
    await server?.stop();
    rmSync(settings.toolkit.root, { recursive: true, force: true });
  }
}

const results = programs.map(({ name }) => store.read(name));
const summary = summarise(results);
writeFileSync(
  path.join(options.out, "corpus.json"),
  `${JSON.stringify({ summary, results }, undefined, 2)}\n`,
);
console.log(`${asTable(results)}\n\n${asText(summary)}`);
