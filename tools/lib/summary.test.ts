import { describe, expect, it } from "vitest";
import { countCtest, countVitest } from "./summary.ts";

describe("countCtest", () => {
  it("tells passed, failed and not run apart", () => {
    const xml = `<testsuite name="x" tests="3">
      <testcase name="Ring.Wraps" classname="Ring.Wraps" time="0.1" status="run"/>
      <testcase name="Ring.Parks" status="fail"><failure message=""/></testcase>
      <testcase name="Ring.Later" status="notrun"></testcase></testsuite>`;
    expect(countCtest(xml)).toEqual({ passed: 1, failed: 1, skipped: ["Ring.Later"] });
  });
});

describe("countVitest", () => {
  it("counts a file that broke before its first test as a failure", () => {
    const report = {
      testResults: [
        { name: "a.test.ts", status: "failed", assertionResults: [] },
        {
          name: "b.test.ts",
          status: "passed",
          assertionResults: [
            { fullName: "b works", status: "passed" },
            { fullName: "b waits", status: "pending" },
          ],
        },
      ],
    };
    expect(countVitest(report)).toEqual({ passed: 1, failed: 1, skipped: ["b waits"] });
  });
});
