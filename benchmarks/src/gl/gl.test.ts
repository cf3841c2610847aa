import { describe, expect, it } from "vitest";
import { describeMachine } from "../machine.ts";
import { frameCases, SIZES } from "./programs.ts";
import { glMarkdownOf, glTableLine } from "./report.ts";
import { glRowOf } from "./result.ts";
import { framesMean, glJudged } from "./targets.ts";

const gears = glRowOf("glxgears_300x300", "fps", [
  { direct: 100, forwarded: 90, virgl: 70 },
  { direct: 200, forwarded: 190, virgl: 100 },
  { direct: 120, forwarded: 84, virgl: 84 },
]);

describe("glRowOf", () => {
  it("takes ratios repetition by repetition", () => {
    expect(gears).toMatchObject({ direct: 120, forwarded: 90, ratio: 0.9, virglRatio: 0.7 });
    expect(gears.spread.direct).toMatchObject({ min: 100, max: 200, n: 3 });
  });

  it("has no ratio where one side has no number", () => {
    const row = glRowOf("a", "fps", [{ direct: 10, forwarded: 9 }]);
    expect(row).toMatchObject({ virgl: null, virglRatio: null, ratio: 0.9 });
  });
});

describe("glJudged", () => {
  it("judges scenes, means and calls by what each promises", () => {
    const met = (row: Parameters<typeof glJudged>[0]) =>
      glJudged(row).targets?.map((one) => one.met);
    expect(met({ ...gears, ratio: 0.74 })).toEqual([false]);
    expect(met({ ...framesMean("300x300", [gears]), ratio: 0.91 })).toEqual([true]);
    const calls = glRowOf("calls_uniforms", "ns", [{ direct: 10, forwarded: 40 }]);
    expect(met(calls)).toBeUndefined();
    expect(met({ ...calls, cpu: { encodeNs: 20, decodeNs: 31, directNs: 10 } })).toEqual([false]);
  });
});

describe("frameCases", () => {
  it("are named after what is run, and at which size, once each", () => {
    const names = SIZES.flatMap((size) => frameCases(size, 1).map(({ name }) => name));
    expect(new Set(names).size).toBe(names.length);
    expect(names).toContain("glmark2_es2_texture_1280x960");
    expect(names.filter((name) => name.startsWith("es2gears"))).toEqual(["es2gears_300x300"]);
  });
});

describe("the report", () => {
  const result = { machine: describeMachine(true), rows: [glJudged(gears)] };
  it("has a line a row, in either form", () => {
    expect(glMarkdownOf(result)).toContain(
      "| `glxgears_300x300` | fps | 120 | 90.0 | 84.0 | 0.900 | 0.700 |  | no scene under 0.75 × direct | yes |",
    );
    expect(glTableLine(gears)).toMatch(
      /direct +120 +forwarded +90\.0 .*ratio 0\.900 +\(virgl 0\.700\)/,
    );
  });
});
