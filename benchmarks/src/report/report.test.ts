import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { describeMachine } from "../machine.ts";
import type { Result } from "../result.ts";
import { judged } from "../targets.ts";
import { writeResultSet } from "./files.ts";
import { formatNumber } from "./format.ts";
import { markdownOf } from "./markdown.ts";
import { plotOf } from "./plot.ts";

const result: Result = {
  machine: { ...describeMachine(false), cpu: "A CPU", cores: 2, date: "2026-01-02" },
  rows: [
    judged({
      name: "launch_enqueue",
      unit: "µs",
      passthrough: 1,
      ring: 0.05,
      forwarded: 0.2,
      ratio: 0.2,
      spread: {},
    }),
    judged({
      name: "h2d_pinned_64MiB",
      unit: "GB/s",
      passthrough: 10,
      ring: 11,
      forwarded: 8,
      ratio: 0.8,
      spread: {},
    }),
    {
      name: "two_threads_launching",
      unit: "µs",
      passthrough: 1.5,
      ring: null,
      forwarded: 0.31,
      ratio: 0.21,
      spread: {},
      switchesPerCall: { passthrough: 1.2, forwarded: 0.012 },
    },
  ],
};

describe("formatNumber", () => {
  it.each([
    [0.21345, "0.213"],
    [12.345, "12.3"],
    [1234.5, "1235"],
    [0.000012, "0.0000"],
    [0, "0"],
    [null, "–"],
  ])("writes %s as %s", (value, text) => {
    expect(formatNumber(value)).toBe(text);
  });
});

describe("markdownOf", () => {
  const text = markdownOf(result, "plot.svg");

  it("has one line a row, with its targets judged", () => {
    expect(text).toContain(
      "| `launch_enqueue` | µs | 1.00 | 0.0500 | 0.200 | 0.200 | ≤ 0.3 µs<br>≤ 0.5 × passthrough | yes<br>yes |",
    );
    expect(text).toContain("| 0.800 | ≥ 0.95 × passthrough | **no** |");
  });

  it("counts targets that were met, and thread switches", () => {
    expect(text).toContain("2 of 3 targets met");
    expect(text).toContain("0.0120 forwarded");
  });
});

describe("plotOf", () => {
  it("draws every row that has a ratio", async () => {
    const svg = await plotOf(result);
    expect(svg).toMatch(/^<svg/);
    for (const { name } of result.rows) expect(svg).toContain(name);
  });

  it("says so when there is nothing to draw", async () => {
    await expect(plotOf({ ...result, rows: [] })).rejects.toThrow("nothing to plot");
  });
});

describe("writeResultSet", () => {
  it("writes JSON, table and plot side by side", async () => {
    const directory = mkdtempSync(path.join(tmpdir(), "gpuferry-bench-"));
    try {
      await writeResultSet(directory, result);
      const names = ["json", "md", "svg"].map((extension) => `2026-01-02-a-2-cores.${extension}`);
      expect(readdirSync(directory).sort()).toEqual(names);
      const read = JSON.parse(readFileSync(path.join(directory, names[0]!), "utf8")) as Result;
      expect(read.rows.map(({ name }) => name)).toEqual(result.rows.map(({ name }) => name));
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
});
