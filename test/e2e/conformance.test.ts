/**
 * Every function of the driver API, called with good and bad arguments straight and forwarded: what differs is a
 * failure unless test/conformance/differences.json says why it does.
 */
import { readFileSync } from "node:fs";
import path from "node:path";
import { beforeAll, expect, it } from "vitest";
import {
  describeDifference,
  judge,
  meantDifferences,
  type Verdict,
} from "../conformance/compare.ts";
import { type BothWays, runBothWays } from "../conformance/run.ts";
import { ROOT } from "../lib/paths.ts";

let both: BothWays;
let verdict: Verdict;

beforeAll(async () => {
  both = await runBothWays("*", 170_000);
  verdict = judge(both.direct, both.forwarded, meantDifferences());
});

it("calls every function that the description names", () => {
  const table = readFileSync(path.join(ROOT, "protocol/generated/c/cuda_functions.inc"), "utf8");
  const described = [...table.matchAll(/^ {2}\{"(cu\w+)", "cu\w+", (?:table_args_|NULL)/gm)];
  const called = new Set([...both.direct.keys()].map((key) => key.split("\t")[0]));
  expect(described.length).toBeGreaterThan(500);
  expect(described.map(([, symbol]) => symbol).filter((s) => !called.has(s))).toEqual([]);
});

it("gives the same results, values and error codes forwarded", () => {
  expect(verdict.unexplained.map(describeDifference)).toEqual([]);
});

it("has no explanation for what is not different", () => {
  expect(verdict.stale).toEqual([]);
});
