/** Both ways of a campaign side by side: what forwarding lost, what it won, and what cannot be blamed on it. */
import { WAYS, type Way } from "./journal.ts";
import type { Finding } from "./run-one.ts";
import { STATUSES, type Status } from "./verdict.ts";

export interface Pair {
  readonly name: string;
  readonly direct: Finding;
  readonly forwarded: Finding;
}

export interface Loss {
  readonly name: string;
  readonly became: Status;
  /** Parts that passed directly only; [] where the test has none. */
  readonly parts: readonly string[];
  readonly said: string;
  /** Why it counts as none, where it does: unstable directly, or a reason on record. */
  excuse?: string;
}

export interface Summary {
  readonly tests: number;
  readonly counts: Readonly<Record<Way, Readonly<Record<Status, number>>>>;
  readonly seconds: Readonly<Record<Way, number>>;
  /** Forwarded / direct of the tests' own times, added up. */
  readonly ratio: number;
  readonly losses: readonly Loss[];
  /** Tests that pass forwarded only. */
  readonly gains: readonly string[];
}

export function summarize(pairs: readonly Pair[]): Summary {
  const seconds = Object.fromEntries(
    WAYS.map((way) => [way, pairs.reduce((sum, pair) => sum + pair[way].ms, 0) / 1e3]),
  ) as Record<Way, number>;
  return {
    tests: pairs.length,
    counts: { direct: countsOf(pairs, "direct"), forwarded: countsOf(pairs, "forwarded") },
    seconds,
    ratio: seconds.forwarded / seconds.direct,
    losses: pairs.flatMap(lossOf),
    gains: pairs
      .filter(({ direct, forwarded }) => direct.status !== "pass" && forwarded.status === "pass")
      .map(({ name }) => name),
  };
}

function countsOf(pairs: readonly Pair[], way: Way): Record<Status, number> {
  const counts = Object.fromEntries(STATUSES.map((status) => [status, 0])) as Record<
    Status,
    number
  >;
  for (const pair of pairs) counts[pair[way].status]++;
  return counts;
}

/** A pass that is none any more, of a whole test or, where the whole was none, of a part. */
export function lossOf({ name, direct, forwarded }: Pair): Loss[] {
  const passed = new Set(forwarded.passed);
  const parts = direct.passed.filter((part) => !passed.has(part));
  const lost = direct.status === "pass" ? forwarded.status !== "pass" : parts.length > 0;
  if (!lost) return [];
  return [{ name, became: forwarded.status, parts, said: forwarded.said }];
}
