import { describe, expect, it } from "vitest";
import { type Pair, summarize } from "./compare.ts";
import { reportOf } from "./report.ts";
import type { Finding } from "./run-one.ts";
import type { Status } from "./verdict.ts";

const finding = (status: Status, ms = 100, passed: string[] = []): Finding => ({
  status,
  ms,
  passed,
  said: "",
});
const pair = (name: string, direct: Finding, forwarded: Finding): Pair => ({
  name,
  direct,
  forwarded,
});

const summary = summarize([
  pair("same", finding("pass"), finding("pass", 200)),
  pair("lost", finding("pass"), finding("crash")),
  pair("skipped now", finding("pass"), finding("skip")),
  pair("won", finding("fail"), finding("pass")),
  pair("as bad", finding("fail"), finding("fail")),
  pair("a part lost", finding("fail", 100, ["one", "two"]), finding("fail", 100, ["two"])),
]);

describe("summarize", () => {
  it("counts both ways", () => {
    expect(summary.counts.direct).toMatchObject({ pass: 3, fail: 3 });
    expect(summary.counts.forwarded).toMatchObject({ pass: 2, crash: 1, skip: 1, fail: 2 });
    expect(summary.ratio).toBeCloseTo(7 / 6);
  });

  it("names every pass that is none any more, of parts too", () => {
    expect(summary.losses.map(({ name, became, parts }) => [name, became, parts])).toEqual([
      ["lost", "crash", []],
      ["skipped now", "skip", []],
      ["a part lost", "fail", ["one"]],
    ]);
    expect(summary.gains).toEqual(["won"]);
  });
});

describe("reportOf", () => {
  it("keeps apart what forwarding is blamed for and what it is not", () => {
    const [first, ...rest] = summary.losses;
    const text = reportOf({ ...summary, losses: [{ ...first!, excuse: "known" }, ...rest] });
    expect(text).toContain("lost passes: 2\n  skipped now: skip\n  a part lost: fail (parts: one)");
    expect(text).toContain("lost, but not by forwarding: 1\n  lost: crash (known)");
  });
});
