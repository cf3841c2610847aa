import { describe, expect, it } from "vitest";
import type { Outcome } from "../lib/run.ts";
import { verdictOf } from "./verdict.ts";

const ended = (stdout: string, more: Partial<Outcome> = {}): Outcome => ({
  stdout,
  stderr: "",
  exitCode: 0,
  signal: null,
  wallMs: 1,
  ...more,
});
const result = (word: string) => `PIGLIT: {"result": "${word}" }\n`;
const part = (name: string, word: string) => `PIGLIT: {"subtest": {"${name}" : "${word}"}}\n`;

describe("verdictOf", () => {
  it("takes the test's own word", () => {
    expect(verdictOf(ended(`noise\n${result("pass")}`)).status).toBe("pass");
    expect(verdictOf(ended(result("skip"))).status).toBe("skip");
    expect(verdictOf(ended(result("fail"), { exitCode: 1 })).status).toBe("fail");
  });

  it("does not believe a pass that ends with an error, or no word at all", () => {
    expect(verdictOf(ended(result("pass"), { exitCode: 1 })).status).toBe("warn");
    expect(verdictOf(ended("")).status).toBe("fail");
    expect(verdictOf(ended('PIGLIT: {"resu')).status).toBe("fail");
  });

  it("is as good as the worst part, and keeps the names of those that passed", () => {
    const parts = part("one", "pass") + part("two", "fail") + part("three", "skip");
    expect(verdictOf(ended(parts + result("pass")))).toEqual({ status: "fail", passed: ["one"] });
  });

  it("tells what crashed from what was killed for its time", () => {
    const dead = (signal: NodeJS.Signals) => ended(result("pass"), { exitCode: null, signal });
    expect(verdictOf(dead("SIGSEGV")).status).toBe("crash");
    expect(verdictOf(dead("SIGKILL")).status).toBe("timeout");
  });
});
