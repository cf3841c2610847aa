/** The runner on small programs in place of piglit's: what it sees, what it keeps, what it blames on whom. */
import { appendFileSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Campaign, runCampaign } from "./campaign.ts";
import { Journal } from "./journal.ts";
import type { PiglitTest } from "./tests.ts";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), "gpuferry-piglit-"));
});
afterEach(() => rmSync(directory, { recursive: true }));

const journal = (build = "b1") => new Journal(path.join(directory, "journal.jsonl"), build);
const shell = (name: string, script: string, concurrent = true): PiglitTest => ({
  name,
  command: ["/bin/sh", "-c", script],
  env: {},
  concurrent,
});
const says = (word: string) => `echo 'PIGLIT: {"result": "${word}" }'`;

function campaign(tests: PiglitTest[], more: Partial<Campaign> = {}): Campaign {
  const env = { direct: { WAY: "direct" }, forwarded: { WAY: "forwarded" } };
  return { tests, directory, env, timeoutMs: 5000, jobs: 2, known: {}, ...more };
}

describe("runCampaign", () => {
  it("sees a forwarded failure, a crash and one that hangs with its children", async () => {
    const only = (bad: string) => `[ $WAY = direct ] || { ${bad}; }; ${says("pass")}`;
    const tests = [
      shell("good", says("pass")),
      shell("bad", only(`${says("fail")}; exit 1`)),
      shell("crashing", only("kill -SEGV $$")),
      shell("hanging", only("sleep 100 & wait"), false),
    ];
    const summary = await runCampaign(campaign(tests, { timeoutMs: 500 }), journal());
    expect(summary.losses.map(({ name, became }) => [name, became])).toEqual([
      ["bad", "fail"],
      ["crashing", "crash"],
      ["hanging", "timeout"],
    ]);
    expect(summary.losses.every(({ excuse }) => excuse === undefined)).toBe(true);
  });

  it("blames nothing on forwarding that fails directly now and then, or has a reason on record", async () => {
    const once = path.join(directory, "once");
    const tests = [
      shell(
        "flaky",
        `[ $WAY = direct ] && [ ! -e ${once} ] && { touch ${once}; ${says("pass")}; exit; }; ${says("fail")}`,
      ),
      shell("recorded", `[ $WAY = direct ] && ${says("pass")} || ${says("fail")}`),
    ];
    const known = { recorded: "because" };
    const summary = await runCampaign(campaign(tests, { jobs: 1, known }), journal());
    expect(summary.losses.map(({ excuse }) => excuse)).toEqual([
      "unstable directly: it also was fail",
      "because",
    ]);
  });

  it("goes on where it was, and runs again only what another build was forwarded with", async () => {
    const log = path.join(directory, "runs");
    const tests = [shell("a", `echo $WAY >> ${log}; ${says("pass")}`)];
    const runs = () => readFileSync(log, "utf8").trim().split("\n");
    await runCampaign(campaign(tests), journal());
    appendFileSync(path.join(directory, "journal.jsonl"), '{"name": "cut sh');
    await runCampaign(campaign(tests), journal());
    expect(runs()).toEqual(["direct", "forwarded"]);
    await runCampaign(campaign(tests), journal("b2"));
    expect(runs()).toEqual(["direct", "forwarded", "forwarded"]);
  });

  it("ends when what it depends on has died, and keeps nothing of the test that met it", async () => {
    let checks = 0;
    const check = () => {
      if (++checks === 2) throw new Error("dead");
    };
    const kept = journal();
    await expect(
      runCampaign(campaign([shell("a", says("pass"))], { check }), kept),
    ).rejects.toThrow("dead");
    expect(kept.find("a", "direct")).toBeUndefined();
  });
});
