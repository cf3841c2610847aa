import { expect, it } from "vitest";
import type { Result, Way } from "./judge-program.ts";
import { asTable, asText, summarise } from "./report.ts";
import type { Verdict } from "./verdict.ts";

const way = (verdict: Verdict, wallMs = 10, missing: Way["missing"] = []): Way => ({
  verdict,
  because: verdict,
  missing,
  wallMs,
});
const result = (name: string, more: Partial<Result>): Result => ({ name, directory: "/", ...more });

const results = [
  result("good", { direct: way("pass", 10), forwarded: way("pass", 20) }),
  result("lost", { direct: way("pass"), forwarded: way("wrong") }),
  result("mute", { direct: way("silent"), forwarded: way("silent") }),
  result("poor", { direct: way("unsupported", 1, [{ kind: "api", name: "cuX" }]) }),
  result("never", { unbuilt: "error: no header" }),
];

it("counts only programs that judge themselves", () => {
  const summary = summarise(results);
  expect(summary.direct).toEqual({ pass: 2, silent: 1, unsupported: 1, unbuilt: 1 });
  expect(summary.passDirectPercent).toBeCloseTo(200 / 3);
  expect(summary.lostByForwarding).toEqual(["lost"]);
  expect(summary.forwardedOverDirect).toBeCloseTo(2);
  expect(summary.missing).toEqual([{ what: "api cuX", programs: ["poor"] }]);
});

it("names every program and every loss in words", () => {
  for (const { name } of results) expect(asTable(results)).toContain(name);
  expect(asText(summarise(results))).toContain("passed directly, not forwarded: lost");
});
