/** Runs a suite's modules both ways, one after the other, so that whatever else the machine does meets both. */
import { rmSync } from "node:fs";
import path from "node:path";
import { type Loss, type Pair, type Summary, summarize } from "../piglit/compare.ts";
import { WAYS, type Way } from "../piglit/journal.ts";
import type { Finding } from "../piglit/run-one.ts";
import { ModuleJournal, OUT_OF_TIME } from "./journal.ts";
import type { ModuleFindings } from "./record.ts";
import { type ModuleRun, runModule } from "./run-module.ts";

export interface Campaign extends Omit<ModuleRun, "tests" | "journal" | "chosen"> {
  /** The modules' files. */
  readonly modules: readonly string[];
  readonly envOf: Readonly<Record<Way, Readonly<Record<string, string>>>>;
  /** Where each way's journals lie. */
  readonly journals: Readonly<Record<Way, string>>;
  /** How many modules at once. */
  readonly jobs: number;
  /** Reasons on record, by the test's name, why a pass may be lost. */
  readonly known: Readonly<Record<string, string>>;
  /** @throws Error where the campaign cannot go on, as when its server has died */
  readonly check?: () => void;
  readonly onModule?: (done: number, total: number, module: string) => void;
  /** What each module brought, as soon as it has. */
  readonly onFindings?: (findings: ModuleFindings) => void;
  /**
   * Which tests of a module to run, by index; undefined: all. What journals hold of a module that ended is on record
   * then, and is not what is to be run now.
   */
  readonly chosenOf?: (module: string) => readonly number[] | undefined;
}

export interface SuiteSummary extends Summary {
  /** What failed both ways, and what it said directly. */
  readonly failures: readonly { readonly name: string; readonly said: string }[];
  /** Tests that one way alone had reached when the module's time was over; they are not counted. */
  readonly unpaired: readonly string[];
  /** Modules that did not end in time. */
  readonly unended: readonly string[];
}

/** How often a lost test is tried again directly, to see whether it is stable there. */
const RETRIES = 2;
/** Above this many losses something is broken altogether, and trying each again would take for ever. */
const RETRIED_LOSSES = 50;

export async function runCampaign(campaign: Campaign): Promise<SuiteSummary> {
  const pairs: Pair[] = [];
  const unpaired: string[] = [];
  const unended: string[] = [];
  const queue = [...campaign.modules.entries()];
  let done = 0;
  const worker = async () => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const [index, file] = next;
      const journals = {} as Record<Way, ModuleJournal>;
      const name = path.relative(campaign.root, file);
      if (campaign.chosenOf !== undefined) forgetEnded(campaign, file);
      let chosen = campaign.chosenOf?.(name);
      for (const way of index % 2 === 0 ? WAYS : WAYS.toReversed()) {
        campaign.check?.();
        const journal = await runModule({ ...moduleRun(campaign, way, file), chosen });
        campaign.check?.();
        journals[way] = journal;
        // What one way did not reach in its time would not count of the other, either.
        if (journal.ended() === OUT_OF_TIME) chosen = journal.reached();
        if (journal.ended() !== "") unended.push(`${name} (${way}: ${journal.ended()})`);
      }
      const { direct, forwarded } = journals;
      const found = { direct: direct.findings(), forwarded: forwarded.findings() };
      const both = pairUp(found, name);
      pairs.push(...both.pairs);
      unpaired.push(...both.unpaired);
      campaign.onFindings?.({
        module: name,
        tests: Math.max(direct.collected(), forwarded.collected()),
        indexes: new Map([...forwarded.indexes(), ...direct.indexes()]),
        pairs: both.pairs,
      });
      campaign.onModule?.(++done, campaign.modules.length, name);
    }
  };
  await Promise.all(Array.from({ length: campaign.jobs }, worker));

  pairs.sort((one, other) => (one.name < other.name ? -1 : 1));
  const summary = summarize(pairs);
  for (const loss of summary.losses) {
    const reason = campaign.known[loss.name];
    if (reason !== undefined) loss.excuse = reason;
    else if (summary.losses.length <= RETRIED_LOSSES) await retry(campaign, loss);
  }
  const failures = pairs
    .filter(({ direct, forwarded }) => isBad(direct) && isBad(forwarded))
    .map(({ name, direct }) => ({ name, said: direct.said }));
  return { ...summary, failures, unpaired: unpaired.sort(), unended: unended.sort() };
}

const isBad = ({ status }: Finding) => status !== "pass" && status !== "skip";

function moduleRun(campaign: Campaign, way: Way, file: string): ModuleRun {
  const name = path.relative(campaign.root, file).replace(/\.py$/, "").replaceAll(path.sep, ".");
  return {
    ...campaign,
    tests: file,
    env: { ...campaign.env, ...campaign.envOf[way] },
    journal: path.join(campaign.journals[way], `${name}.jsonl`),
  };
}

/** Where one way alone had ended, the other goes on where it was. */
function forgetEnded(campaign: Campaign, file: string): void {
  const files = WAYS.map((way) => moduleRun(campaign, way, file).journal);
  if (files.some((journal) => new ModuleJournal(journal).ended() === undefined)) return;
  for (const journal of files) rmSync(journal);
}

/** A module's own finding is there only where it ended badly; there is nothing to be said of it else. */
function pairUp(found: Readonly<Record<Way, Map<string, Finding>>>, module: string) {
  const passed: Finding = { status: "pass", ms: 0, passed: [], said: "" };
  const pairs: Pair[] = [];
  const unpaired: string[] = [];
  for (const name of new Set([...found.direct.keys(), ...found.forwarded.keys()])) {
    const direct = found.direct.get(name) ?? (name === module ? passed : undefined);
    const forwarded = found.forwarded.get(name) ?? (name === module ? passed : undefined);
    if (direct === undefined || forwarded === undefined) unpaired.push(name);
    else pairs.push({ name, direct, forwarded });
  }
  return { pairs, unpaired };
}

/** Tries a lost test again directly, alone: one that does not always pass there says nothing of forwarding. */
async function retry(campaign: Campaign, loss: Loss): Promise<void> {
  for (let tries = 0; tries < RETRIES && loss.excuse === undefined; tries++) {
    const run = moduleRun(campaign, "direct", `${campaign.root}/${loss.name}`);
    const journal = path.join(campaign.journals.direct, "again.jsonl");
    rmSync(journal, { force: true });
    const again = await runModule({ ...run, journal, every: 1 });
    const status = again.findings().get(loss.name)?.status;
    if (status !== "pass") loss.excuse = `unstable directly: alone it was ${status ?? "not found"}`;
  }
}
