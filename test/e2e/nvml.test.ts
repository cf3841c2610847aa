/** NVIDIA's management library in a guest: the session's own slice, and "not supported" for all else. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { build } from "../lib/build.ts";
import type { Program } from "../lib/manifest.ts";
import { GUEST_LIBRARY } from "../lib/paths.ts";
import { forwardedEnv, runProgram } from "../lib/run.ts";
import { startServer } from "../lib/server.ts";

const SLICE: Program = {
  name: "nvml_slice",
  shows: "what a monitor sees",
  sources: ["nvml/slice.c"],
};

test("a guest sees its devices, its memory up to the quota, and its own process", async () => {
  const uid = process.getuid?.() ?? 0;
  const server = await startServer(
    `[[tenant]]\nname = "one"\nuids = [${uid}]\nmemory_quota = "256MiB"\n`,
  );
  const log = path.join(server.directory, "guest.log");
  try {
    // Without LD_LIBRARY_PATH: whoever preloads the shim has the other library too.
    const said = await runProgram(
      await build(SLICE),
      { ...forwardedEnv(server.host), GPUFERRY_LOG: log },
      {},
    );
    expect(said.stderr).toBe("");
    expect(said.stdout).toContain("total 256 MiB");
    expect(said.stdout.trimEnd().split("\n").at(-1), said.stdout).toBe("PASS");
    expect(readFileSync(log, "utf8")).toContain("nvmlDeviceGetUtilizationRates is not supported");
  } finally {
    await server.stop();
  }
});

test("without a server NVML says that there is no driver", async () => {
  const said = await runProgram(
    await build(SLICE),
    { ...forwardedEnv("unix:/nowhere/host.sock"), LD_LIBRARY_PATH: path.dirname(GUEST_LIBRARY) },
    {},
  );
  expect(said.exitCode).toBe(1);
  expect(said.stderr).toContain("no gpuferry server");
});
