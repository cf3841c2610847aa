/**
 * Adds up what ctest and vitest wrote into a results folder and prints `N passed, N failed`.
 * A skipped test is named, since a test that did not run proved nothing. Ends with 1 if any failed or none ran.
 */
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";

export interface Counts {
  passed: number;
  failed: number;
  skipped: string[];
}

/** `xml` is ctest's JUnit file: one <testcase status="run|fail|notrun|disabled"> a test. */
export function countCtest(xml: string): Counts {
  const counts: Counts = { passed: 0, failed: 0, skipped: [] };
  for (const [tag] of xml.matchAll(/<testcase\b[^>]*>/g)) {
    const status = /\bstatus="([^"]*)"/.exec(tag)?.[1];
    const name = /\bname="([^"]*)"/.exec(tag)?.[1] ?? "?";
    if (status === "run") counts.passed++;
    else if (status === "fail") counts.failed++;
    else counts.skipped.push(name);
  }
  return counts;
}

interface VitestReport {
  testResults: {
    name: string;
    status: string;
    assertionResults: { fullName: string; status: string }[];
  }[];
}

/** A file that failed before its first test counts as one failure. */
export function countVitest(report: VitestReport): Counts {
  const counts: Counts = { passed: 0, failed: 0, skipped: [] };
  for (const file of report.testResults) {
    if (file.status === "failed" && file.assertionResults.length === 0) counts.failed++;
    for (const test of file.assertionResults) {
      if (test.status === "passed") counts.passed++;
      else if (test.status === "failed") counts.failed++;
      else counts.skipped.push(test.fullName);
    }
  }
  return counts;
}

function main(results: string): void {
  const read = (name: string) => {
    const file = path.join(results, name);
    return existsSync(file) ? readFileSync(file, "utf8") : undefined;
  };
  const xml = read("ctest.xml");
  const json = read("vitest.json");
  const halves = [
    ...(xml === undefined ? [] : [countCtest(xml)]),
    ...(json === undefined ? [] : [countVitest(JSON.parse(json) as VitestReport)]),
  ];
  const passed = halves.reduce((sum, half) => sum + half.passed, 0);
  const failed = halves.reduce((sum, half) => sum + half.failed, 0);
  for (const half of halves) for (const name of half.skipped) console.log(`did not run: ${name}`);
  if (xml === undefined) console.log("no results from ctest");
  if (json === undefined) console.log("no results from vitest");
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = failed === 0 && passed > 0 && halves.length === 2 ? 0 : 1;
}

if (process.argv[1]?.endsWith("summary.ts")) main(process.argv[2] ?? "build/test-results");
