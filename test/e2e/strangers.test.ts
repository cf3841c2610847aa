/** What a guest shares by handles is for guests of its own tenant alone. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { build } from "../lib/build.ts";
import { programNamed } from "../lib/manifest.ts";
import { forwardedEnv, runProgram, verdictOf } from "../lib/run.ts";
import { type Server, startServer } from "../lib/server.ts";

let server: Server;
beforeAll(async () => {
  const uid = process.getuid?.() ?? 0;
  server = await startServer(`
[[tenant]]
name = "kin"
uids = [${uid}]

[[tenant]]
name = "stranger"
uids = [${uid}]
`);
});
afterAll(async () => {
  await server?.stop();
});

describe.each(["driver_sharing", "driver_pool_sharing"])("%s", (name) => {
  it.each([
    ["opens what a guest of the same tenant shares", []],
    ["finds nothing behind another tenant's handles", ["strangers"]],
  ] as const)("%s", async (_what, args) => {
    const executable = await build(programNamed(name));
    const outcome = await runProgram(executable, forwardedEnv(server.host), { args: [...args] });
    expect(verdictOf(outcome), `${outcome.stdout}${outcome.stderr}`).toBe("PASS");
  });
});
