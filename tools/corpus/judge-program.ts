/** One program from its folder to its result: laid out, built, run directly and forwarded, judged. */
import path from "node:path";
import { directEnv, forwardedEnv } from "../../test/lib/run.ts";
import { versions } from "./bound.ts";
import { boundSources } from "./bound-sources.ts";
import { build, type Toolkit } from "./build.ts";
import { absentArgument } from "./data.ts";
import type { CorpusProgram } from "./discover.ts";
import { type ShellResult, shell } from "./shell.ts";
import { judgesByStatus, repetitionOptionsIn, sourcesOf, usagesIn } from "./usage.ts";
import { type Judgement, judge, type Known, type Verdict } from "./verdict.ts";
import { layOut } from "./workspace.ts";

export interface Way extends Judgement {
  readonly wallMs: number;
  /** The end of what it printed, kept unless it passed. */
  readonly said?: string;
}

export interface Result {
  readonly name: string;
  readonly directory: string;
  /** Why it was not built; then there is nothing below. */
  readonly unbuilt?: string;
  /** The command that was run, of those that the folder names. */
  readonly command?: string;
  /** Repetitions that were cut in the copy of its sources, as `REPEAT = 1000`; it did not end in time otherwise. */
  readonly cut?: readonly string[];
  readonly direct?: Way;
  readonly forwarded?: Way;
}

export interface Settings {
  /** Workspaces are made below it. */
  readonly workspaces: string;
  readonly toolkit: Toolkit;
  /** What a guest's GPUFERRY_HOST says; undefined to run directly only. */
  readonly host: string | undefined;
  readonly runLimitMs: number;
  readonly buildLimitMs: number;
  /** Sizes are cut before it is known that a run takes too long, as machines that are busy want it. */
  readonly smallestFirst: boolean;
}

const KEPT_OF_OUTPUT = 2000;
/** Of the commands in a folder's run script, as many are tried in search of one that judges itself. */
const MOST_COMMANDS = 3;
const SETTLED: readonly Verdict[] = ["pass", "waived", "unsupported", "no data"];

export async function judgeProgram(program: CorpusProgram, settings: Settings): Promise<Result> {
  const { name, directory } = program;
  const workspace = path.join(settings.workspaces, name);
  let commands: string[];
  const folder = layOut(workspace, directory);
  try {
    commands = await build(program, folder, settings.toolkit, settings.buildLimitMs);
  } catch (error) {
    return { name, directory, unbuilt: (error as Error).message };
  }

  const run = async (command: string, env: Readonly<Record<string, string>>) => {
    const result = await shell(command, { cwd: folder, env, timeoutMs: settings.runLimitMs });
    return wayOf(result, { byStatus, absent: absentArgument(command, folder) });
  };
  const sources = sourcesOf(folder);
  const known = {
    usages: sources.flatMap(usagesIn),
    options: [...new Set(sources.flatMap(repetitionOptionsIn))],
  };
  const byStatus = sources.some(judgesByStatus);
  const tried = async () => {
    const judged: Run[] = [];
    for (const command of commands.slice(0, MOST_COMMANDS)) {
      const found = await bounded(command, known, settings, (version) => run(version, directEnv()));
      judged.push(found);
      if (SETTLED.includes(found.direct.verdict)) break;
    }
    return best(judged);
  };
  let { command, direct } = await tried();
  let cut: readonly string[] = [];
  if (direct.verdict === "timeout") {
    layOut(workspace, directory);
    cut = boundSources(folder);
    if (cut.length > 0) {
      commands = await build(program, folder, settings.toolkit, settings.buildLimitMs);
      const second = await tried();
      command = second.command;
      // A program that fails so has not failed: all that is known is that it takes long.
      direct = FAILED.includes(second.direct.verdict)
        ? { ...direct, because: `${direct.because}; cut: ${second.direct.because}` }
        : second.direct;
    }
  }
  // A run that the limit ended says nothing that a second one would not.
  if (settings.host === undefined || direct.verdict === "timeout") {
    return { name, directory, command, cut, direct };
  }
  const forwarded = await run(command, forwardedEnv(settings.host));
  return { name, directory, command, cut, direct, forwarded };
}

interface Run {
  readonly command: string;
  readonly direct: Way;
}

/**
 * The first version of a command that leaves nothing to hope for from the others, else the best. A program that fails
 * with other arguments than its own has not failed: where its own take too long, that is all that is known.
 */
async function bounded(
  command: string,
  known: { readonly usages: readonly string[][]; readonly options: readonly string[] },
  { smallestFirst }: Pick<Settings, "smallestFirst">,
  run: (version: string) => Promise<Way>,
): Promise<Run> {
  const { lighter, heavier } = versions(command, known.usages, known.options);
  const runs: Run[] = [];
  for (const version of smallestFirst ? lighter.toReversed() : lighter) {
    const direct = await run(version);
    runs.push({ command: version, direct });
    // What is left is more work, which helps what failed, or less, which helps what took too long.
    const helped: readonly Verdict[] = smallestFirst ? FAILED : ["timeout"];
    if (!helped.includes(direct.verdict)) break;
  }
  if (FAILED.includes((smallestFirst ? runs.at(-1) : runs[0])!.direct.verdict)) {
    for (const version of heavier) {
      const direct = await run(version);
      runs.push({ command: version, direct });
      if (!FAILED.includes(direct.verdict)) break;
    }
  }
  const itself = runs.find((each) => each.command === command);
  const unsure = itself === undefined || itself.direct.verdict === "timeout";
  const failed = runs.find(({ direct }) => FAILED.includes(direct.verdict));
  const others = runs.filter(({ direct }) => !FAILED.includes(direct.verdict));
  if (!unsure || failed === undefined || others.length === 0) return best(runs);
  const { command: tried, direct } = best(others);
  const because = `${direct.because}; ${failed.command}: ${failed.direct.because}`;
  return { command: tried, direct: direct.verdict === "timeout" ? { ...direct, because } : direct };
}

const FAILED: readonly Verdict[] = ["wrong", "crash"];

function best(runs: readonly Run[]): Run {
  return runs.reduce((least, each) => (rank(each) < rank(least) ? each : least));
}

/** Which of several runs of one program speaks for it: the lower. */
const ORDER: readonly Verdict[] = [
  "pass",
  "waived",
  "no data",
  "unsupported",
  "crash",
  "wrong",
  "silent",
  "timeout",
  "unbuilt",
];
const rank = ({ direct }: Run) => ORDER.indexOf(direct.verdict);

function wayOf(result: ShellResult, known: Known): Way {
  const judgement = judge(result, known);
  const way = { ...judgement, wallMs: Math.round(result.wallMs) };
  if (judgement.verdict === "pass") return way;
  return { ...way, said: `${result.stdout}\n${result.stderr}`.slice(-KEPT_OF_OUTPUT) };
}
