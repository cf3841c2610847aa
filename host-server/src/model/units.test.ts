import { describe, expect, test } from "vitest";
import { formatBytes, formatNs, parseDurationMs, parseSizeBytes } from "./units.ts";

describe("durations", () => {
  test.each([
    ["250ms", 250],
    ["2s", 2000],
    ["1.5 min", 90_000],
    ["1h", 3_600_000],
  ])("%s is %d ms", (text, ms) => expect(parseDurationMs(text)).toBe(ms));

  test.each(["", "5", "s", "5 parsecs", "-1s", "1e3s"])("%j is none", (text) =>
    expect(parseDurationMs(text)).toBeUndefined(),
  );
});

describe("sizes", () => {
  test.each([
    ["512MiB", 536_870_912],
    ["16 GiB", 17_179_869_184],
    ["2GB", 2e9],
    ["0.5KiB", 512],
  ])("%s is %d bytes", (text, bytes) => expect(parseSizeBytes(text)).toBe(bytes));

  test.each(["16", "GiB", "16gib", "16 G", ""])("%j is none", (text) =>
    expect(parseSizeBytes(text)).toBeUndefined(),
  );

  test.each([
    [0, "0 B"],
    [1536, "1.50 KiB"],
    [16 * 2 ** 30, "16.0 GiB"],
    [Number.POSITIVE_INFINITY, "unlimited"],
  ])("%d bytes read %s", (bytes, text) => expect(formatBytes(bytes)).toBe(text));
});

test.each([
  [999, "999 ns"],
  [1_500_000, "1.50 ms"],
  [12_340_000_000, "12.3 s"],
])("%d ns read %s", (ns, text) => expect(formatNs(ns)).toBe(text));
