/** Runs a list of piglit tests both ways, each test's ways one after the other, so that whatever else the machine does meets both. */
import { type Loss, type Pair, type Summary, summarize } from "./compare.ts";
import { type Journal, WAYS, type Way } from "./journal.ts";
import { type Finding, runOne } from "./run-one.ts";
import type { PiglitTest } from "./tests.ts";

export interface Campaign {
  readonly tests: readonly PiglitTest[];
  /** piglit's own. */
  readonly directory: string;
  readonly env: Readonly<Record<Way, Readonly<Record<string, string>>>>;
  readonly timeoutMs: number;
  /** How many tests at once, of those that allow it. */
  readonly jobs: number;
  /** Reasons on record, by the test's name, why a pass may be lost. */
  readonly known: Readonly<Record<string, string>>;
  /** @throws Error where the campaign cannot go on, as when its server has died */
  readonly check?: () => void;
  readonly onTest?: (done: number, total: number, pair: Pair) => void;
}

/** How often a test that lost its pass is tried again directly, to see whether it is stable there. */
const RETRIES = 3;

/** Above this many losses something is broken altogether, and trying each again would take for ever. */
const RETRIED_LOSSES = 50;

export async function runCampaign(campaign: Campaign, journal: Journal): Promise<Summary> {
  const pairs: Pair[] = [];
  let done = 0;
  const run = async (test: PiglitTest, index: number) => {
    const pair = await runBoth(campaign, journal, test, index);
    pairs.push(pair);
    campaign.onTest?.(++done, campaign.tests.length, pair);
  };
  // Those that look at what a window shows would see the others' windows.
  const indexed = campaign.tests.map((test, index) => ({ test, index }));
  await pool(
    indexed.filter(({ test }) => test.concurrent),
    campaign.jobs,
    run,
  );
  await pool(
    indexed.filter(({ test }) => !test.concurrent),
    1,
    run,
  );

  const order = new Map(campaign.tests.map(({ name }, index) => [name, index]));
  pairs.sort((one, other) => order.get(one.name)! - order.get(other.name)!);
  const summary = summarize(pairs);
  const tests = new Map(campaign.tests.map((test) => [test.name, test]));
  for (const loss of summary.losses) {
    const reason = campaign.known[loss.name];
    if (reason !== undefined) loss.excuse = reason;
    else if (summary.losses.length <= RETRIED_LOSSES)
      await retry(campaign, loss, tests.get(loss.name)!);
  }
  return summary;
}

async function pool(
  queue: { test: PiglitTest; index: number }[],
  jobs: number,
  run: (test: PiglitTest, index: number) => Promise<void>,
): Promise<void> {
  const worker = async () => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      await run(next.test, next.index);
    }
  };
  await Promise.all(Array.from({ length: jobs }, worker));
}

async function runBoth(
  campaign: Campaign,
  journal: Journal,
  test: PiglitTest,
  index: number,
): Promise<Pair> {
  const found: Partial<Record<Way, Finding>> = {};
  for (const way of index % 2 === 0 ? WAYS : WAYS.toReversed()) {
    campaign.check?.();
    let finding = journal.find(test.name, way);
    if (finding === undefined) {
      finding = await runOne(test, campaign.directory, campaign.env[way], campaign.timeoutMs);
      campaign.check?.(); // what a dead server did to a test is not for the journal
      journal.add(test.name, way, finding);
    }
    found[way] = finding;
  }
  return { name: test.name, direct: found.direct!, forwarded: found.forwarded! };
}

/** Tries a lost test again directly: one that does not always pass there says nothing of forwarding. */
async function retry(campaign: Campaign, loss: Loss, test: PiglitTest): Promise<void> {
  for (let tries = 0; tries < RETRIES && loss.excuse === undefined; tries++) {
    const direct = await runOne(test, campaign.directory, campaign.env.direct, campaign.timeoutMs);
    const stable =
      loss.parts.length > 0
        ? loss.parts.every((part) => direct.passed.includes(part))
        : direct.status === "pass";
    if (!stable) loss.excuse = `unstable directly: it also was ${direct.status}`;
  }
}
