import { describe, expect, test } from "vitest";
import { markdown, type Report } from "./report.ts";
import { lastLine, Programs, programsOf, run } from "./run.ts";
import { saidByGuest, saidByHost } from "./stage.ts";
import { agree } from "./steps/python.ts";
import { judge } from "./targets.ts";
import { inTurn, type Way } from "./ways.ts";

describe("targets", () => {
  test.each([
    ["train_step_ms", 1.05, true],
    ["train_step_ms", 1.06, false],
    ["micro_batch_ms", 1.1, true],
    ["launch_enqueue", 0.51, false],
    ["h2d_pinned_64MiB", 0.94, false],
    ["d2h_pageable_GBps", 0.9, true],
    ["fused_ms", 9, true],
  ])("%s at %d is met: %s", (name, ratio, met) => expect(judge(name, ratio).met).toBe(met));
});

test("results agree but for the order of sums", () => {
  expect(agree(1000, 1000.5)).toBe(true);
  expect(agree(1000, 1002)).toBe(false);
  expect(agree("a", "b")).toBe(false);
  expect(agree(1, undefined)).toBe(false);
});

test("a run within its limit tells its end, one beyond it is ended with all that it started", async () => {
  expect(await run("/bin/sh", ["-c", "echo a; exit 3"], {}, 10_000)).toMatchObject({
    exitCode: 3,
    stdout: "a\n",
  });
  const started = performance.now();
  const late = await run("/bin/sh", ["-c", "sleep 60 & sleep 60; true"], {}, 200);
  expect(late.ending).toBe("took longer than 0.2 s");
  expect(performance.now() - started).toBeLessThan(30_000);
  expect((await run("/nowhere/program", [], {}, 1000)).ending).toContain("did not start");
  expect(lastLine("a\nb\n\n")).toBe("b");
});

test("ways take turns at being first, and stop where one does not end well", async () => {
  const order: Way[] = [];
  const outcome = { stdout: "", stderr: "", exitCode: 0, ending: "exit 0", wallMs: 1 };
  await inTurn(2, async (way) => {
    order.push(way);
    return outcome;
  });
  expect(order).toEqual(["native", "forwarded", "forwarded", "native"]);
  const pairs = await inTurn(5, async (way) => ({
    ...outcome,
    exitCode: way === "native" ? 0 : 1,
  }));
  expect(pairs).toHaveLength(1);
});

test("a report that was broken off says so, and where it was no GPU", () => {
  const report: Report = {
    facts: {
      date: "2030-01-02T03:04:05Z",
      version: "1.2.3",
      software: true,
      quick: false,
      gpu: "the software CUDA device",
      driver: "softcuda",
      machine: { system: "a | b" },
    },
    rows: [
      { group: "G", name: "one", verdict: "missed", detail: "d", ratio: 1.2, target: "≤ 1.05" },
    ],
    askedInVain: { "export table AB": 2 },
    waiting: ["python"],
  };
  const text = markdown(report);
  expect(text).toContain("**Broken off**; not run: python.");
  expect(text).toContain("software CUDA device only");
  expect(text).toContain("| one | missed |  |  | 1.200 | ≤ 1.05 | d |");
  expect(text).toContain("| export table AB | 2 |");
  expect(text).toContain("a \\| b");
});

test("a step that is over takes its programs along, and starts no more", async () => {
  const programs = new Programs();
  const [first, second] = await programsOf.run(programs, async () => {
    const sleeping = run("sh", ["-c", "sleep 60 & wait"], {}, 60_000);
    setTimeout(() => programs.end(), 100);
    return [await sleeping, await run("sh", ["-c", "exit 0"], {}, 1000)];
  });
  expect(first).toMatchObject({ exitCode: null, ending: "SIGKILL" });
  expect(second).toMatchObject({ exitCode: null, ending: "did not start: its step was over" });
  expect(await run("sh", ["-c", "exit 3"], {}, 10_000)).toMatchObject({ exitCode: 3 });
});

test("what was asked for in vain is known from guests' logs and from servers'", () => {
  const log = (text: string) =>
    `{"level":"info","executorPid":7,"msg":"gpuferry-executor: ${text}"}`;
  expect(saidByGuest("gpuferry: asked in vain for function cuFoo, version 13000")).toEqual([
    "function cuFoo",
  ]);
  expect(
    saidByHost(log("the jail refused the system call userfaultfd (323) with 0x1, 0x0")),
  ).toEqual(["host: the jail refused the system call userfaultfd"]);
  expect(saidByHost(log("/usr/lib/libcuda.so.1 has no cuLibraryGetManaged"))).toEqual([
    "host: has no cuLibraryGetManaged",
  ]);
  expect(saidByHost(log("crashed: signal 11, issuing cuX, in libcuda.so.1+0x10"))).toEqual([
    "host: crashed: signal 11, issuing cuX, in libcuda.so.1+0x10",
  ]);
  expect(saidByHost(log("no OpenGL"))).toEqual([]);
});
