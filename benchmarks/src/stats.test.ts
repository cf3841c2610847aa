import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { geometricMean, median, quantile, spreadOf } from "./stats.ts";

const finite = fc.array(fc.double({ min: 1e-6, max: 1e9, noNaN: true }), { minLength: 1 });

describe("median", () => {
  it("is the middle value, or halfway between the two", () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1, 3, 2])).toBe(2.5);
  });

  it("is not moved by one call that was preempted", () => {
    expect(median([1, 1, 1, 1, 4_000])).toBe(1);
  });

  it("leaves its argument in order", () => {
    const values = [3, 1, 2];
    median(values);
    expect(values).toEqual([3, 1, 2]);
  });

  it("refuses to make a number out of nothing", () => {
    expect(() => median([])).toThrow(RangeError);
  });
});

describe("quantile", () => {
  it("grows with p and stays within the values", () => {
    fc.assert(
      fc.property(finite, (values) => {
        const at = [0, 0.25, 0.5, 0.75, 1].map((p) => quantile(values, p));
        expect(at).toEqual([...at].sort((a, b) => a - b));
        expect(at[0]).toBe(Math.min(...values));
        expect(at[4]).toBe(Math.max(...values));
      }),
    );
  });
});

describe("spreadOf", () => {
  it("counts the repetitions", () => {
    expect(spreadOf([1, 2, 3, 4, 5])).toEqual({ min: 1, q1: 2, q3: 4, max: 5, n: 5 });
  });
});

describe("geometricMean", () => {
  it("treats twice as slow and twice as fast alike", () => {
    expect(geometricMean([2, 0.5])).toBeCloseTo(1);
  });

  it("scales with its values", () => {
    fc.assert(
      fc.property(finite, (values) => {
        const mean = geometricMean(values);
        expect(geometricMean(values.map((value) => value * 2)) / mean).toBeCloseTo(2);
      }),
    );
  });
});
