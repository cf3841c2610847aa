import { describe, expect, it } from "vitest";
import { rowOf, SwitchCount, turnsOf } from "./repetitions.ts";
import { MODES, type Mode } from "./result.ts";

describe("rowOf", () => {
  it("takes the median of each mode and of the ratios", () => {
    const row = rowOf("call", "µs", [
      { passthrough: 1, ring: 0.1, forwarded: 2 },
      { passthrough: 10, ring: 0.1, forwarded: 20 },
      { passthrough: 1, ring: 0.3, forwarded: 3 },
    ]);
    expect(row).toMatchObject({ passthrough: 1, ring: 0.1, forwarded: 3, ratio: 2 });
    expect(row.spread.passthrough).toMatchObject({ min: 1, max: 10, n: 3 });
  });

  it("lets a slow moment that met both modes cancel out", () => {
    const steady = { passthrough: 1, forwarded: 1.5 };
    const slow = { passthrough: 8, forwarded: 12 };
    expect(rowOf("call", "µs", [steady, slow, steady]).ratio).toBe(1.5);
  });

  it("has nulls for modes without a number", () => {
    const row = rowOf("program", "ms", [{ passthrough: 4, forwarded: 4 }]);
    expect(row.ring).toBeNull();
    expect(rowOf("program", "ms", [{ ring: 4 }]).ratio).toBeNull();
  });
});

describe("turnsOf", () => {
  it("lets every mode go first, and follow every other", () => {
    const firsts = new Set<Mode>();
    const pairs = new Set<string>();
    for (let index = 0; index < 6; index++) {
      const turns = turnsOf(MODES, index);
      expect([...turns].sort()).toEqual([...MODES].sort());
      firsts.add(turns[0]!);
      for (let i = 1; i < turns.length; i++) pairs.add(`${turns[i - 1]} ${turns[i]}`);
    }
    expect(firsts.size).toBe(3);
    expect(pairs.size).toBe(6);
  });
});

describe("SwitchCount", () => {
  it("spreads the switches of guest and executor over the calls", () => {
    const count = new SwitchCount();
    const samples = { name: "two_threads", samples_ns: [], calls: 1000, voluntary_switches: 4 };
    count.add("forwarded", samples, 6);
    count.add("forwarded", samples, 6);
    expect(count.perCall()).toEqual({ forwarded: 0.01 });
  });
});
