import { expect, test } from "vitest";
import { RefusalLog } from "./refusal-log.ts";

test("a user has so many lines in a period, and what was dropped is counted", () => {
  const log = new RefusalLog({ lines: 2, ms: 1000 });
  const verdicts = [0, 1, 2, 999].map((ms) => log.ask(5, ms).verdict);
  expect(verdicts).toEqual(["write", "write-last", "drop", "drop"]);
  expect(log.ask(6, 3)).toEqual({ verdict: "write", before: 0 });
  expect(log.ask(5, 1000)).toEqual({ verdict: "write", before: 2 });
  expect(log.ask(5, 5000)).toEqual({ verdict: "write", before: 0 });
});
