/** The test programs: each judges itself, and has to print the same both ways. */
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import path from "node:path";
import type { ProgramEntry, ProgramList } from "../programs/list.ts";
import type { Row } from "../report.ts";
import { lastLine, type Outcome, run } from "../run.ts";
import type { Stage } from "../stage.ts";
import { MINUTE, SECOND, type Step } from "../step.ts";
import { inTurn, median } from "../ways.ts";

const shared = (stage: Stage) => path.join(stage.layout.root, "share/gpu-check");

export function readList(stage: Stage): ProgramList {
  return JSON.parse(
    readFileSync(path.join(shared(stage), "programs/list.json"), "utf8"),
  ) as ProgramList;
}

/** Without a GPU, every n-th program is enough to see that the check itself works. */
const QUICK_EVERY = 6;
/** nvcc wants about a GiB each. */
const COMPILERS_AT_ONCE = 8;

export const programs: Step = {
  name: "programs",
  limitMs: 60 * MINUTE,
  async run(stage, add) {
    const all = readList(stage).programs.filter(({ kind }) => kind !== "gl");
    const some = stage.quick && stage.software;
    const chosen = some ? all.filter((_, index) => index % QUICK_EVERY === 0) : all;
    const nvcc = (await run("nvcc", ["--version"], {}, 30 * SECOND)).exitCode === 0;
    const built = nvcc && !stage.quick ? await compileAll(stage, chosen) : new Map();
    for (const entry of chosen)
      add(await compare(stage, "CUDA programs", entry, built.get(entry), {}));
  },
};

export async function compare(
  stage: Stage,
  group: string,
  entry: ProgramEntry,
  compiled: string | undefined,
  more: Readonly<Record<string, string>>,
): Promise<Row> {
  const prebuilt = path.join(shared(stage), "programs", entry.name, entry.name);
  const executable = compiled ?? prebuilt;
  const rounds = stage.quick ? 1 : entry.benchmark ? 5 : 2;
  const pairs = await inTurn(rounds, (way) =>
    run(
      executable,
      [],
      { ...(way === "native" ? stage.native : stage.forwarded(entry.name)), ...more },
      stage.quick ? 60 * SECOND : 3 * MINUTE,
      path.dirname(prebuilt),
    ),
  );
  const { native, forwarded } = pairs.at(-1)!;
  const made = compiled === undefined ? entry.shows : `${entry.shows} (built here)`;
  const base = { group, name: entry.name, native: said(native), forwarded: said(forwarded) };
  if (!well(native, entry)) {
    const why = lastLine(native.stderr) || lastLine(native.stdout);
    // Forwarding cannot lose what is not there.
    return { ...base, verdict: "skip", detail: `does not pass natively: ${why}` };
  }
  if (!well(forwarded, entry)) {
    const why = lastLine(forwarded.stderr) || lastLine(forwarded.stdout);
    return { ...base, verdict: "fail", detail: `lost by forwarding: ${why}` };
  }
  if (native.stdout !== forwarded.stdout && entry.kind !== "gl") {
    return { ...base, verdict: "fail", detail: "prints other results" };
  }
  const ratio = median(pairs.map((pair) => pair.forwarded.wallMs / pair.native.wallMs));
  return { ...base, verdict: "ok", detail: made, ...(entry.benchmark && { ratio }) };
}

const well = (outcome: Outcome, { exitCode }: ProgramEntry) =>
  outcome.exitCode === exitCode && lastLine(outcome.stdout) === "PASS";

const said = (outcome: Outcome) =>
  outcome.exitCode === 0 ? `${outcome.wallMs.toFixed(0)} ms` : outcome.ending;

async function compileAll(
  stage: Stage,
  entries: readonly ProgramEntry[],
): Promise<Map<ProgramEntry, string | undefined>> {
  const built = new Map<ProgramEntry, string | undefined>();
  const queue = [...entries];
  const worker = async () => {
    for (let entry = queue.shift(); entry !== undefined; entry = queue.shift())
      built.set(entry, await compile(stage, entry));
  };
  const workers = Math.min(COMPILERS_AT_ONCE, availableParallelism());
  await Promise.all(Array.from({ length: workers }, worker));
  return built;
}

/** For this very GPU, with this machine's nvcc; undefined where that does not work, and the prebuilt one runs. */
async function compile(stage: Stage, entry: ProgramEntry): Promise<string | undefined> {
  if (entry.kind !== "cuda" || entry.sources === undefined) return undefined;
  const sources = path.join(shared(stage), "sources");
  const out = path.join(stage.directory, "programs");
  mkdirSync(out, { recursive: true });
  const executable = path.join(out, entry.name);
  const files = entry.sources.map((source) => path.join(sources, source));
  const arch = stage.software ? [] : ["-arch=native"];
  const args = ["-std=c++17", ...arch, "-o", executable, ...files, ...(entry.flags ?? [])];
  const { exitCode } = await run("nvcc", args, {}, 5 * MINUTE);
  return exitCode === 0 && existsSync(executable) ? executable : undefined;
}
