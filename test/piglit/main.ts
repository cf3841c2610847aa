/**
 * `npm run piglit`: the same OpenGL conformance tests directly and forwarded, and what forwarding loses. One server and
 * one X server serve a whole campaign; one that was broken off goes on where it was. See docs/develop.md.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { Command, InvalidArgumentError, Option } from "commander";
import { forwardingId } from "../lib/build-id.ts";
import { startDisplay } from "../lib/display.ts";
import { directGlEnv, forwardedGlEnv } from "../lib/gl.ts";
import { ROOT } from "../lib/paths.ts";
import { startServer } from "../lib/server.ts";
import { runCampaign } from "./campaign.ts";
import { Journal } from "./journal.ts";
import { reportOf } from "./report.ts";
import { PROFILES, type Profile, piglitDirectory, readProfile } from "./tests.ts";

interface Options {
  readonly profile: Profile;
  readonly every: number;
  readonly from: number;
  readonly only?: string;
  readonly jobs: number;
  readonly timeout: number;
  readonly fresh?: true;
  readonly json?: string;
}

function count(text: string): number {
  if (!/^[1-9]\d*$/.test(text)) throw new InvalidArgumentError("a whole number from 1 on.");
  return Number(text);
}

const options = new Command("piglit")
  .description(
    "Runs piglit's OpenGL tests directly and forwarded, and names what forwarding loses.",
  )
  .addOption(new Option("--profile <name>", "which tests").choices(PROFILES).default("sanity"))
  .option("--every <n>", "only every n-th of them", count, 1)
  .option("--from <k>", "beginning with the k-th", count, 1)
  .option("--only <pattern>", "of these, those whose name this regular expression matches")
  .option("--jobs <n>", "how many at once, of those that do not look at windows", count, 1)
  .option("--timeout <s>", "seconds that a test may take", count, 60)
  .option("--fresh", "forget what an earlier campaign has found")
  .option("--json <path>", "write the result there too")
  .parse()
  .opts<Options>();

const directory = piglitDirectory();
if (directory === undefined) throw new Error("piglit is not installed; `npm run setup`");
if (!existsSync("/usr/bin/wflinfo"))
  throw new Error("waffle-utils is not installed; `npm run setup`");

const pattern = new RegExp(options.only ?? "");
const tests = readProfile(directory, options.profile)
  .slice(options.from - 1)
  .filter((_, index) => index % options.every === 0)
  .filter(({ name }) => pattern.test(name));
if (tests.length === 0) throw new Error(`no test of ${options.profile} matches ${pattern}`);

const known = JSON.parse(
  readFileSync(path.join(import.meta.dirname, "known-losses.json"), "utf8"),
) as Record<string, string>;
const results = path.join(ROOT, "build/piglit");
const journal = new Journal(path.join(results, `${options.profile}.jsonl`), forwardingId());
if (options.fresh === true) journal.clear();

const progress = (text: string) => {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${text}`);
};
console.log(`${tests.length} tests of ${options.profile}, each directly and forwarded`);
const server = await startServer();
const display = await startDisplay();
try {
  const summary = await runCampaign(
    {
      tests,
      directory,
      env: {
        direct: directGlEnv(display.name),
        forwarded: forwardedGlEnv(server.host, display.name),
      },
      timeoutMs: options.timeout * 1000,
      jobs: options.jobs,
      known,
      check: () => {
        if (server.process.exitCode === null && server.process.signalCode === null) return;
        throw new Error(`the server has died:\n${server.log().slice(-2000)}`);
      },
      onTest: (done, total, { name }) => progress(`[${done}/${total}] ${name}`),
    },
    journal,
  );
  progress("");
  console.log(`\n${reportOf(summary)}`);
  const from = options.from > 1 ? `-from-${options.from}` : "";
  const name = `${options.profile}-every-${options.every}${from}.json`;
  for (const file of [path.join(results, name), ...(options.json ? [options.json] : [])]) {
    mkdirSync(path.dirname(path.resolve(file)), { recursive: true });
    writeFileSync(file, `${JSON.stringify(summary, null, 2)}\n`);
  }
  process.exitCode = summary.losses.every(({ excuse }) => excuse !== undefined) ? 0 : 1;
} finally {
  await display.stop();
  await server.stop();
}
