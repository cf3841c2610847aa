import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { PNG } from "pngjs";
import { describe, expect, it } from "vitest";
import { colours, difference, type Image, parsePpm, writePng } from "./image.ts";

const ppm = (text: string, pixels: number[]) =>
  Buffer.concat([Buffer.from(text), Buffer.from(pixels)]);
const small: Image = { width: 2, height: 1, rgb: Uint8Array.from([1, 2, 3, 10, 20, 30]) };

describe("parsePpm", () => {
  it("takes size and pixels, even where pixels look like white space", () => {
    expect(parsePpm(ppm("P6\n1 2\n255\n", [32, 10, 9, 1, 2, 3]))).toEqual({
      width: 1,
      height: 2,
      rgb: Buffer.from([32, 10, 9, 1, 2, 3]),
    });
  });

  it("refuses what is none, and what is cut short", () => {
    expect(() => parsePpm(ppm("P5\n1 1\n255\n", [1]))).toThrow("no PPM");
    expect(() => parsePpm(ppm("P6\n1 2\n255\n", [1, 2, 3]))).toThrow("3 bytes of pixels");
  });
});

describe("difference", () => {
  it("counts pixels and says where the first is", () => {
    expect(difference(small, small)).toEqual({ pixels: 0, most: 0, text: "" });
    const other = { ...small, rgb: Uint8Array.from([1, 2, 3, 10, 25, 29]) };
    expect(difference(small, other)).toMatchObject({ pixels: 1, most: 5 });
    expect(difference(small, other).text).toContain("(1, 0)");
  });

  it("takes another size for another picture", () => {
    expect(difference(small, { ...small, width: 1, height: 2 }).pixels).toBe(2);
  });
});

describe("writePng", () => {
  it("keeps every pixel", () => {
    const directory = mkdtempSync(path.join(tmpdir(), "gpuferry-image-"));
    try {
      writePng(path.join(directory, "deep/a.png"), small);
      const png = PNG.sync.read(readFileSync(path.join(directory, "deep/a.png")));
      expect([...png.data]).toEqual([1, 2, 3, 255, 10, 20, 30, 255]);
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
});

describe("colours", () => {
  it("are counted once each", () => {
    expect(colours(small)).toBe(2);
    expect(colours({ width: 1, height: 2, rgb: new Uint8Array(6) })).toBe(1);
  });
});
