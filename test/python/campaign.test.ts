/** The runner on tests that end in every way there is, and a slice of a real suite. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { ROOT } from "../lib/paths.ts";
import { directEnv, forwardedEnv } from "../lib/run.ts";
import { startServer } from "../lib/server.ts";
import { type Campaign, runCampaign } from "./campaign.ts";
import { getSuite } from "./place.ts";
import { SuiteRecord } from "./record.ts";
import { reportOf } from "./report.ts";
import { modulesOf, type Place, SUITES } from "./suites.ts";

const suite = SUITES.numba!;
let place: Place;
// The first time it comes from PyPI.
beforeAll(() => {
  place = getSuite(suite, path.join(ROOT, "build/python-suites/numba"));
}, 600_000);

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), "gpuferry-python-"));
});
afterEach(() => rmSync(directory, { recursive: true }));

function campaign(more: Partial<Campaign>): Campaign {
  return {
    modules: [],
    python: place.python,
    root: directory,
    plugins: [],
    env: {},
    envOf: { direct: { WAY: "direct" }, forwarded: { WAY: "forwarded" } },
    journals: {
      direct: path.join(directory, "journals/direct"),
      forwarded: path.join(directory, "journals/forwarded"),
    },
    jobs: 1,
    every: 1,
    testLimitMs: 60_000,
    moduleLimitMs: 60_000,
    known: {},
    ...more,
  };
}

function module(name: string, ...tests: string[]): string {
  const file = path.join(directory, name);
  const head = 'import os, signal, time, unittest\nforwarded = os.environ["WAY"] == "forwarded"\n';
  writeFileSync(file, [head, ...tests].join("\n"));
  return file;
}

const test = (name: string, body: string) => `def test_${name}():\n    ${body}\n`;

describe("runCampaign", () => {
  it("goes on behind a test that ends the process or never ends, and blames each loss by name", async () => {
    const file = module(
      "test_endings.py",
      test("good", "pass"),
      test("lost", "assert not forwarded"),
      test("crashing", "forwarded and os.kill(os.getpid(), signal.SIGSEGV)"),
      test("leaving", "forwarded and os._exit(0)"),
      test("hanging", "time.sleep(1000 if forwarded else 0)"),
      test("won", "assert forwarded"),
      test("bad", 'raise RuntimeError("said")'),
      test("last", 'raise unittest.SkipTest("no")'),
    );
    const summary = await runCampaign(campaign({ modules: [file], testLimitMs: 8000 }));
    const lost = summary.losses.map(({ name, became }) => [name.split("::")[1], became]);
    expect(Object.fromEntries(lost)).toEqual({
      test_lost: "fail",
      test_crashing: "crash",
      test_leaving: "crash",
      test_hanging: "timeout",
    });
    expect(summary.gains).toEqual(["test_endings.py::test_won"]);
    expect(summary.counts.direct).toMatchObject({ pass: 5, fail: 2, skip: 1 });
    expect(summary.failures.map(({ name }) => name)).toEqual(["test_endings.py::test_bad"]);
    expect(summary.unended).toEqual([]);
    expect(reportOf(summary)).toContain("  test_endings.py::test_bad: RuntimeError: said");
  });

  it("takes a test for as bad as its worst part, and a module that cannot be imported for failed", async () => {
    const parts = [
      "class Parts(unittest.TestCase):",
      "    def test_parts(self):",
      "        for part in range(3):",
      "            with self.subTest(part=part):",
      "                self.assertFalse(forwarded and part == 1)",
      "    def tearDown(self):",
      "        pass",
    ].join("\n");
    const files = [
      module("test_parts.py", parts),
      module("test_import.py", "if forwarded: raise ImportError('gone')", test("unseen", "pass")),
    ];
    const summary = await runCampaign(campaign({ modules: files }));
    expect(summary.losses.map(({ name, became }) => [name, became])).toEqual([
      ["test_import.py", "fail"],
      ["test_parts.py::Parts::test_parts", "fail"],
    ]);
    expect(summary.unpaired).toEqual(["test_import.py::test_unseen"]);
  });

  it("blames a test that crashes behind a part that passed", async () => {
    const parts = [
      "class Parts(unittest.TestCase):",
      "    def test_parts(self):",
      "        with self.subTest(part=1):",
      "            pass",
      "        forwarded and os._exit(0)",
    ].join("\n");
    const summary = await runCampaign(campaign({ modules: [module("test_crash.py", parts)] }));
    expect(summary.losses.map(({ name, became }) => [name, became])).toEqual([
      ["test_crash.py::Parts::test_parts", "crash"],
    ]);
  });

  it("tries a lost pass again directly before it blames it on forwarding", async () => {
    const seen = path.join(directory, "seen");
    const body = `assert not forwarded and not os.path.exists("${seen}"); open("${seen}", "w")`;
    const file = module("test_flaky.py", test("flaky", body));
    const summary = await runCampaign(campaign({ modules: [file] }));
    expect(summary.losses.map(({ excuse }) => excuse)).toEqual([
      "unstable directly: alone it was fail",
    ]);
  });

  it("goes on where it was, and runs every n-th test alone", async () => {
    const log = path.join(directory, "ran");
    const note = (name: string) => test(name, `open("${log}", "a").write("${name} ")`);
    const names = ["a", "b", "c", "d", "e"];
    const file = module("test_many.py", ...names.map(note));
    await runCampaign(campaign({ modules: [file], every: 2 }));
    await runCampaign(campaign({ modules: [file], every: 2 }));
    expect(readFileSync(log, "utf8")).toBe("a c e a c e ");
  });

  it("runs the test again during which it was broken off", async () => {
    const file = module("test_broken.py", test("first", "pass"), test("second", "pass"));
    const journal = path.join(directory, "journals/direct/test_broken.jsonl");
    mkdirSync(path.dirname(journal), { recursive: true });
    writeFileSync(journal, '{"test": "test_broken.py::test_first", "outcome": "begun"}\n');
    const summary = await runCampaign(campaign({ modules: [file] }));
    expect(summary.counts.direct).toMatchObject({ pass: 2, crash: 0 });
  });

  it("runs the tests that are chosen, and tells what became of them by their place", async () => {
    const log = path.join(directory, "ran");
    const note = (name: string) => test(name, `open("${log}", "a").write("${name} ")`);
    const file = module("test_chosen.py", ...["a", "b", "c", "d"].map(note));
    const record = new SuiteRecord(["suite"]);
    const lacking = (every: number) =>
      campaign({
        modules: [file],
        every,
        onFindings: (findings) => record.merge(findings, { day: "2026-11-29", commit: "aaaaaaa" }),
        chosenOf: (name) => record.lacking(name),
      });
    await runCampaign(lacking(3));
    expect(record.lacking("test_chosen.py")).toEqual([1, 2]);
    await runCampaign(lacking(1));
    expect(record.lacking("test_chosen.py")).toEqual([]);
    expect(readFileSync(log, "utf8")).toBe("a d a d b c b c ");
  });

  it("does not run the one way what the other did not reach in its time", async () => {
    const log = path.join(directory, "ran");
    const note = (name: string) =>
      test(name, `forwarded and open("${log}", "a").write("${name} ")`);
    const slow = test("slow", "time.sleep(0 if forwarded else 1000)");
    const file = module("test_one_way.py", note("a"), slow, note("b"));
    const summary = await runCampaign(campaign({ modules: [file], moduleLimitMs: 8000 }));
    expect(readFileSync(log, "utf8")).toBe("a ");
    expect(summary).toMatchObject({ tests: 1, unpaired: [] });
  });

  it("ends a module whose time is over, and counts nothing that it did not reach", async () => {
    const file = module("test_long.py", test("one", "pass"), test("two", "time.sleep(1000)"));
    mkdirSync(path.join(directory, "journals"), { recursive: true });
    const summary = await runCampaign(campaign({ modules: [file], moduleLimitMs: 8000 }));
    expect(summary.tests).toBe(1);
    expect(summary.unended).toEqual(["test_long.py (direct: out of time)"]);
  });
});

describe("numba-cuda's own tests", () => {
  it("lose none of a small slice by forwarding", async () => {
    const server = await startServer();
    try {
      const wanted = /cudadrv\/test_(cuda_driver|events|pinned|streams)\.py/;
      const modules = modulesOf(suite, place).filter((file) => wanted.test(file));
      const summary = await runCampaign(
        campaign({
          modules,
          root: place.source,
          plugins: suite.plugins ?? [],
          envOf: { direct: directEnv(), forwarded: forwardedEnv(server.host) },
          every: 4,
        }),
      );
      expect(summary.losses).toEqual([]);
      expect(summary.failures).toEqual([]);
      expect(summary.counts.forwarded.pass).toBeGreaterThan(5);
    } finally {
      await server.stop();
    }
  });
});
