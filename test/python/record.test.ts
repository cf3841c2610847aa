/** What campaigns over several days and machines add up to. */
import { describe, expect, it } from "vitest";
import { ROOT } from "../lib/paths.ts";
import type { Pair } from "../piglit/compare.ts";
import type { Status } from "../piglit/verdict.ts";
import { type ModuleFindings, SuiteRecord } from "./record.ts";
import { totalsReportOf } from "./report.ts";

const PACKAGES = ["suite==1.0", "numpy==2.0"];
const FIRST = { day: "2026-11-29", commit: "aaaaaaa" };
const SECOND = { day: "2026-11-30", commit: "bbbbbbb" };

type Ended = readonly [index: number, direct: Status, forwarded: Status, said?: string];

function findings(module: string, tests: number, ended: readonly Ended[]): ModuleFindings {
  const nameOf = (index: number) => `${module}::test_${index}`;
  const finding = (status: Status, said: string) => ({ status, ms: 1, passed: [], said });
  const pairs: Pair[] = ended.map(([index, direct, forwarded, said = ""]) => ({
    name: nameOf(index),
    direct: finding(direct, said),
    forwarded: finding(forwarded, said),
  }));
  return { module, tests, indexes: new Map(ended.map(([index]) => [nameOf(index), index])), pairs };
}

const passed = (...indexes: readonly number[]) =>
  indexes.map((index) => [index, "pass", "pass"] as const);

function reread(record: SuiteRecord): SuiteRecord {
  const again = new SuiteRecord(PACKAGES);
  expect(again.read(record.text())).toBe(true);
  expect(again.text()).toBe(record.text());
  return again;
}

describe("SuiteRecord", () => {
  it("adds what two samples of a module found, and names what did not pass", () => {
    const record = new SuiteRecord(PACKAGES);
    record.merge(findings("a/test_a.py", 6, passed(0, 2, 4)), FIRST);
    const later = reread(record);
    later.merge(
      findings("a/test_a.py", 6, [
        [1, "skip", "skip"],
        [3, "pass", "crash", "SIGSEGV\nand\tmore"],
      ]),
      SECOND,
    );
    expect(reread(later).text().split("\n")).toEqual([
      "# suite==1.0 numpy==2.0",
      "module\ttests\toutcomes\tday\tcommit",
      "a/test_a.py\t6\tpspxp.\t2026-11-30\tbbbbbbb",
      "\t3\tpass\tcrash\ttest_3\tSIGSEGV\t",
      "",
    ]);
    expect(later.lacking("a/test_a.py")).toEqual([5]);
    expect(later.lacking("a/test_a.py", { failing: true })).toEqual([3, 5]);
    expect(later.lacking("a/test_b.py")).toBeUndefined();
  });

  it("says nothing of where this checkout lies", () => {
    const record = new SuiteRecord(PACKAGES);
    const said = `('${ROOT}/build/python-suites/a.py', 3, 'Skipped')`;
    record.merge(findings("a/test_a.py", 1, [[0, "fail", "fail", said]]), FIRST);
    expect(record.text()).toContain("\t('build/python-suites/a.py', 3, 'Skipped')\t");
  });

  it("takes a test that was run again for what it was last", () => {
    const record = new SuiteRecord(PACKAGES);
    record.merge(
      findings("m.py", 3, [
        [0, "pass", "pass"],
        [1, "timeout", "pass"],
        [2, "fail", "fail"],
      ]),
      FIRST,
    );
    record.merge(
      findings("m.py", 3, [
        [0, "fail", "fail"],
        [1, "pass", "pass"],
      ]),
      SECOND,
    );
    expect(record.text()).toContain("m.py\t3\txpx\t");
    expect(record.totals()).toMatchObject({ run: 3, passDirect: 1, passForwarded: 1, failed: 2 });
  });

  it("leaves the day of a module about which nothing is new", () => {
    const record = new SuiteRecord(PACKAGES);
    record.merge(findings("m.py", 200, passed(...Array(200).keys())), FIRST);
    const before = record.text();
    record.merge(findings("m.py", 200, passed(7)), SECOND);
    expect(record.text()).toBe(before);
    expect(before).toContain("m.py\t200\t200p\t2026-11-29");
  });

  it("begins a module anew that has other tests now, and a suite of other packages", () => {
    const record = new SuiteRecord(PACKAGES);
    record.merge(findings("m.py", 3, passed(0, 1, 2)), FIRST);
    record.merge(findings("m.py", 4, passed(3)), SECOND);
    expect(record.text()).toContain("m.py\t4\t3.p\t");
    const other = new SuiteRecord(["suite==2.0"]);
    expect(other.read(record.text())).toBe(false);
    expect(other.totals().modules).toBe(0);
  });

  it("keeps a module that cannot be imported until it can be", () => {
    const record = new SuiteRecord(PACKAGES);
    const broken = { status: "fail" as const, ms: 0, passed: [], said: "ImportError: gone" };
    const own = { name: "m.py", direct: broken, forwarded: broken };
    record.merge({ module: "m.py", tests: 0, indexes: new Map(), pairs: [own] }, FIRST);
    expect(reread(record).text()).toContain(
      "m.py\t0\t\t2026-11-29\taaaaaaa\n\t\tfail\tfail\t\tImportError: gone\t\n",
    );
    expect(record.totals()).toMatchObject({ tests: 1, run: 1, failed: 1 });
    expect(record.lacking("m.py")).toBeUndefined();
    record.merge(findings("m.py", 2, passed(0, 1)), SECOND);
    expect(record.totals()).toMatchObject({ tests: 2, run: 2, passDirect: 2, failed: 0 });
  });

  it("counts over all modules, and blames on forwarding what has no excuse", () => {
    const record = new SuiteRecord(PACKAGES);
    record.merge(
      findings("a.py", 5, [...passed(0, 1), [2, "pass", "fail"], [3, "pass", "timeout"]]),
      FIRST,
    );
    record.merge(
      findings("b.py", 3, [
        [0, "skip", "skip"],
        [1, "fail", "pass"],
        [2, "crash", "fail"],
      ]),
      FIRST,
    );
    record.excuse([
      { name: "a.py::test_3", became: "timeout", parts: [], said: "", excuse: "unstable directly" },
    ]);
    expect(totalsReportOf(reread(record).totals(), 9).split("\n")).toEqual([
      "on record: 7 of 8 tests in 2 of 9 modules",
      "  pass directly 4, forwarded 3; skipped 1; fail both ways 1",
      "  lost passes: 1, and 1 not by forwarding",
      "    a.py::test_2",
    ]);
  });

  it("names a line that is none of its own", () => {
    const lines = (...more: readonly string[]) =>
      ["# suite==1.0 numpy==2.0", "module\ttests\toutcomes\tday\tcommit", ...more].join("\n");
    const read = (text: string) => () => new SuiteRecord(PACKAGES).read(text);
    expect(read(lines("m.py\t3\t2p\tday\tcommit"))).toThrow('"m.py\\t3\\t2p\\tday\\tcommit"');
    expect(read(lines("m.py\t1\tq\tday\tcommit"))).toThrow("no module's line");
    expect(read(lines("\t0\tpass\tfail\ttest\t\t"))).toThrow("before any module");
    expect(read(lines("m.py\t1\tx\tday\tcommit", "\t0\tpass\twell\ttest\t\t"))).toThrow(
      "no test's line",
    );
    expect(read("# suite==1.0 numpy==2.0\nmodule\tother")).toThrow("other");
  });
});
