import { hostname } from "node:os";
import { describe, expect, it } from "vitest";
import { describeMachine, kindOf } from "./machine.ts";

const machine = describeMachine(true);

describe("describeMachine", () => {
  it("says what numbers depend on", () => {
    expect(machine.cores).toBeGreaterThan(0);
    expect(machine.memoryGiB).toBeGreaterThan(0);
    expect(machine.date).toMatch(/^\d{4}-\d{2}-\d{2}$/);
  });

  it("names neither host nor directory", () => {
    const text = JSON.stringify(machine);
    expect(text).not.toContain(process.cwd());
    if (hostname().length > 3) expect(text).not.toContain(hostname());
  });
});

describe("kindOf", () => {
  it.each([
    ["AMD EPYC", 2, "amd-epyc-2-cores"],
    ["Intel(R) Xeon(R) CPU @ 2.20GHz", 4, "intel-xeon-4-cores"],
    ["AMD Ryzen 9 7950X 16-Core Processor", 32, "amd-ryzen-9-7950x-16-core-32-cores"],
  ])("makes a file name of %s", (cpu, cores, kind) => {
    expect(kindOf({ ...machine, cpu, cores })).toBe(kind);
  });
});
