import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect, it } from "vitest";
import { descendantsOf, voluntarySwitches } from "./switches.ts";

it("counts the switches of a child that sleeps again and again", async () => {
  const child = spawn("sh", [
    "-c",
    "for i in 1 2 3 4 5; do sleep 0.02; done; echo done; read line",
  ]);
  try {
    expect(descendantsOf(process.pid)).toContain(child.pid);
    await once(child.stdout, "data");
    // The shell waits once for each sleep at least.
    expect(voluntarySwitches([child.pid!])).toBeGreaterThanOrEqual(5);
  } finally {
    child.kill("SIGKILL");
  }
});

it("takes a process that is gone for one without switches", () => {
  expect(voluntarySwitches([2 ** 22 + 1])).toBe(0);
});
