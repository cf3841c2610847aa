import { expect, it } from "vitest";
import { judge, type Meant, meantDifferences, parseCalls } from "./compare.ts";

const direct = parseCalls("cuA\tgood\t0\tout=1\ncuA\tp null\t1\ncuB\tgood\tSegmentation fault\n");
const forwarded = parseCalls("cuA\tgood\t0\tout=2\ncuA\tp null\t1\ncuB\tgood\t1\n");

it("finds what came out differently, results and values alike", () => {
  const verdict = judge(direct, forwarded, []);
  expect(verdict.calls).toBe(3);
  expect(verdict.functions).toBe(2);
  expect(verdict.unexplained.map((d) => `${d.function} ${d.case}`)).toEqual([
    "cuA good",
    "cuB good",
  ]);
});

it("takes a difference for meant only where all of it fits", () => {
  const meant: Meant[] = [{ function: "cuB", case: "*", why: "crash", direct: "Segm*" }];
  expect(judge(direct, forwarded, meant).unexplained.map((d) => d.function)).toEqual(["cuA"]);
  const other: Meant[] = [{ function: "cu?", case: "good", why: "no", forwarded: "9" }];
  expect(judge(direct, forwarded, other).unexplained).toHaveLength(2);
});

it("counts a call that one run lacks as a difference, and names explanations of nothing", () => {
  const meant: Meant[] = [{ function: "cuC", case: "good", why: "gone" }];
  const verdict = judge(direct, parseCalls(""), meant);
  expect(verdict.unexplained).toHaveLength(3);
  expect(verdict.stale).toEqual(meant);
});

it("has a reason for every difference that is written down", () => {
  for (const meant of meantDifferences()) expect(meant.why.length).toBeGreaterThan(20);
});
