import { describe, expect, it } from "vitest";
import { geometricMean, table } from "./table.ts";

describe("table", () => {
  it("pads to the widest cell and aligns numbers to the right", () => {
    const text = table(
      ["program", "ms"],
      [
        ["scan", "12"],
        ["a", "7"],
      ],
      ["left", "right"],
    );
    expect(text).toBe("program  ms\n-------  --\nscan     12\na         7");
  });
});

describe("geometricMean", () => {
  it("of a ratio and its inverse is 1", () => {
    expect(geometricMean([4, 0.25])).toBeCloseTo(1);
  });
});
