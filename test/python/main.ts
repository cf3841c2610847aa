/**
 * `npm run python-suites`: the test suites of public Python packages directly and forwarded, and what forwarding loses.
 * One that was broken off goes on where it was. See docs/develop.md.
 */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { Argument, Command, InvalidArgumentError } from "commander";
import { contentId, forwardingId } from "../lib/build-id.ts";
import { ROOT, SOFTCUDA, SOFTCUDA_DIR } from "../lib/paths.ts";
import { directEnv, forwardedEnv } from "../lib/run.ts";
import { startServer } from "../lib/server.ts";
import { runCampaign } from "./campaign.ts";
import { getSuite } from "./place.ts";
import { SuiteRecord } from "./record.ts";
import { reportOf, totalsReportOf } from "./report.ts";
import { modulesOf, SUITES } from "./suites.ts";

interface Options {
  readonly every: number;
  readonly only?: string;
  readonly jobs: number;
  readonly testLimit: number;
  readonly moduleLimit: number;
  readonly record?: true;
  readonly lacking?: true;
  readonly failing?: true;
  readonly fresh?: true;
  readonly json?: string;
}

function count(text: string): number {
  if (!/^[1-9]\d*$/.test(text)) throw new InvalidArgumentError("a whole number from 1 on.");
  return Number(text);
}

const command = new Command("python-suites")
  .description("Runs Python packages' own tests directly and forwarded, and names what is lost.")
  .addArgument(new Argument("<suite>", "whose tests").choices(Object.keys(SUITES)))
  .option("--every <n>", "only every n-th test of each module", count, 1)
  .option("--only <pattern>", "of its modules, those whose path this regular expression matches")
  .option("--jobs <n>", "how many modules at once", count, 1)
  .option("--test-limit <s>", "seconds that a test may take", count, 60)
  .option("--module-limit <s>", "seconds that a module may take, each way", count, 300)
  .option("--record", "add what is found to the record in benchmarks/results/python-suites")
  .option("--lacking", "only tests that the record lacks; implies --record")
  .option(
    "--failing",
    "only tests that the record lacks, or that did not pass both ways; implies --record",
  )
  .option("--fresh", "forget what an earlier campaign has found")
  .option("--json <path>", "write the result there too")
  .parse();
const options = command.opts<Options>();
const [name = ""] = command.args;
const suite = SUITES[name]!;

const root = path.join(ROOT, "build/python-suites", name);
const place = getSuite(suite, root);
const pattern = new RegExp(options.only ?? "");
const allModules = modulesOf(suite, place);
let modules = allModules.filter((file) => pattern.test(path.relative(place.source, file)));
if (modules.length === 0) throw new Error(`no module of ${name} matches ${pattern}`);
const known = JSON.parse(
  readFileSync(path.join(import.meta.dirname, "known-losses.json"), "utf8"),
) as Record<string, string>;

// What either way found counts for the software device that it ran on, forwarded also for what forwarded.
const device = contentId([SOFTCUDA, path.join(SOFTCUDA_DIR, "libgpuferry-ptx.so")]);
const choosing = options.lacking === true || options.failing === true;
const results = path.join(root, choosing ? "lacking" : `every-${options.every}`);
const journals = {
  direct: path.join(results, `direct-${device}`),
  forwarded: path.join(results, `forwarded-${device}-${forwardingId()}`),
};
if (options.fresh === true) rmSync(results, { recursive: true, force: true });

const recordFile = path.join(ROOT, "benchmarks/results/python-suites", `${name}.tsv`);
const record = new SuiteRecord([...suite.packages, ...(suite.built ?? [])]);
const recording = choosing || options.record === true;
if (recording && existsSync(recordFile) && !record.read(readFileSync(recordFile, "utf8")))
  console.log("The record is of other packages, and begins anew.");
const stamp = {
  day: new Date().toISOString().slice(0, 10),
  commit: execFileSync("git", ["rev-parse", "--short", "HEAD"], {
    cwd: ROOT,
    encoding: "utf8",
  }).trim(),
};
const lackingOf = (module: string) => record.lacking(module, { failing: options.failing === true });
if (choosing) {
  modules = modules.filter((file) => lackingOf(path.relative(place.source, file))?.length !== 0);
}
function keepRecord(): void {
  if (!recording) return;
  mkdirSync(path.dirname(recordFile), { recursive: true });
  writeFileSync(recordFile, record.text());
}

function withLibraries(env: Readonly<Record<string, string>>): Record<string, string> {
  const own = (suite.libraries ?? []).map((folder) => path.join(place.wheels, folder));
  const all = [env.LD_LIBRARY_PATH, ...own].filter((entry) => entry !== undefined);
  return all.length === 0 ? env : { ...env, LD_LIBRARY_PATH: all.join(":") };
}

const progress = (text: string) => {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${text}`);
};
console.log(`${modules.length} modules of ${name}, each directly and forwarded`);
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => process.exit(1));
const devices = { GPUFERRY_SOFTCUDA_DEVICES: String(suite.devices ?? 1) };
const server = await startServer("", devices);
process.once("exit", () => server.process.kill("SIGTERM"));
try {
  const summary = await runCampaign({
    modules,
    python: place.python,
    root: place.source,
    plugins: suite.plugins ?? [],
    env: suite.env?.(place) ?? {},
    envOf: {
      direct: { ...withLibraries(directEnv()), ...devices },
      forwarded: withLibraries(forwardedEnv(server.host)),
    },
    journals,
    jobs: options.jobs,
    every: options.every,
    testLimitMs: options.testLimit * 1000,
    moduleLimitMs: options.moduleLimit * 1000,
    known,
    check: () => {
      if (server.process.exitCode === null && server.process.signalCode === null) return;
      throw new Error(`the server has died:\n${server.log().slice(-2000)}`);
    },
    onModule: (done, total, module) => progress(`[${done}/${total}] ${module}`),
    onFindings: (findings) => {
      record.merge(findings, stamp);
      keepRecord();
    },
    ...(choosing ? { chosenOf: lackingOf } : {}),
  });
  progress("");
  console.log(`\n${reportOf(summary)}`);
  record.excuse(summary.losses);
  keepRecord();
  if (recording) console.log(`\n${totalsReportOf(record.totals(), allModules.length)}`);
  for (const file of [path.join(results, "result.json"), ...(options.json ? [options.json] : [])]) {
    mkdirSync(path.dirname(path.resolve(file)), { recursive: true });
    writeFileSync(file, `${JSON.stringify(summary, null, 2)}\n`);
  }
  process.exitCode = summary.losses.every(({ excuse }) => excuse !== undefined) ? 0 : 1;
} finally {
  await server.stop();
}
