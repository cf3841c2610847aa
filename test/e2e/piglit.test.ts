/** A slice of piglit, small enough for every run of the suite: what passes directly has to pass forwarded. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Display, startDisplay } from "../lib/display.ts";
import { directGlEnv, forwardedGlEnv } from "../lib/gl.ts";
import { ROOT } from "../lib/paths.ts";
import { type Server, startServer } from "../lib/server.ts";
import { runCampaign } from "../piglit/campaign.ts";
import { Journal } from "../piglit/journal.ts";
import { reportOf } from "../piglit/report.ts";
import { type Profile, piglitDirectory, readProfile } from "../piglit/tests.ts";

/** Every so-manieth test; together about a minute on two cores. */
const SLICES: readonly (readonly [Profile, number])[] = [
  ["sanity", 1],
  ["quick_gl", 120],
  ["quick_shader", 500],
];

const scratch = mkdtempSync(path.join(tmpdir(), "gpuferry-piglit-"));
let display: Display;
let server: Server;
beforeAll(async () => {
  display = await startDisplay();
  server = await startServer();
});
afterAll(async () => {
  await server?.stop();
  await display?.stop();
  rmSync(scratch, { recursive: true });
});

describe("piglit", () => {
  const directory = piglitDirectory();

  it("is installed; `npm run setup` gets it", () => {
    expect(directory).toBeDefined();
  });

  it.each(SLICES)("%s, every %d: no pass is lost", async (profile, every) => {
    const known = JSON.parse(
      readFileSync(path.join(ROOT, "test/piglit/known-losses.json"), "utf8"),
    ) as Record<string, string>;
    const tests = readProfile(directory!, profile).filter((_, index) => index % every === 0);
    const summary = await runCampaign(
      {
        tests,
        directory: directory!,
        env: {
          direct: directGlEnv(display.name),
          forwarded: forwardedGlEnv(server.host, display.name),
        },
        timeoutMs: 30_000,
        jobs: 1,
        known,
      },
      new Journal(path.join(scratch, `${profile}.jsonl`), ""),
    );
    expect(summary.counts.direct.pass).toBeGreaterThan(tests.length / 2);
    const lost = summary.losses.filter(({ excuse }) => excuse === undefined);
    expect(
      lost.map(({ name }) => name),
      reportOf(summary),
    ).toEqual([]);
  });
});
