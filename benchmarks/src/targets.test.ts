import { describe, expect, it } from "vitest";
import { CASES } from "./cases.ts";
import type { Row } from "./result.ts";
import { judged, TARGETS } from "./targets.ts";

function row(name: string, more: Partial<Row> = {}): Row {
  return {
    name,
    unit: "µs",
    passthrough: null,
    ring: null,
    forwarded: null,
    ratio: null,
    spread: {},
    ...more,
  };
}

describe("judged", () => {
  it("judges every promise that a row carries", () => {
    const { targets } = judged(row("launch_enqueue", { forwarded: 0.25, ratio: 0.6 }));
    expect(targets?.map(({ text, met }) => [text, met])).toEqual([
      ["≤ 0.3 µs", true],
      ["≤ 0.5 × passthrough", false],
    ]);
  });

  it("does not call a promise kept whose number is missing", () => {
    expect(judged(row("launch_enqueue")).targets ?? []).toEqual([]);
  });

  it("promises bandwidth of large copies only", () => {
    expect(judged(row("h2d_pinned_16MiB", { ratio: 0.96 })).targets?.[0]?.met).toBe(true);
    expect(judged(row("h2d_pageable_256MiB", { ratio: 0.8 })).targets?.[0]?.met).toBe(false);
    expect(judged(row("d2h_pinned_1MiB", { ratio: 0.5 })).targets).toBeUndefined();
  });

  it("judges thread switches by their count", () => {
    const busy = row("two_threads_launching", { switchesPerCall: { forwarded: 1.9 } });
    expect(judged(busy).targets?.[0]?.met).toBe(false);
  });
});

describe("TARGETS", () => {
  it("speak of rows that exist", () => {
    const names = [...CASES.map(({ name }) => name), "connect_first_call", "programs_geomean"];
    for (const { rows } of TARGETS) expect(names.some((name) => rows.test(name))).toBe(true);
  });
});
