import { expect, it } from "vitest";
import { versions } from "./bound.ts";

it("takes the last whole number for the repetitions and the large ones for sizes", () => {
  expect(versions("./main 16384 8192 100")).toEqual([
    "./main 16384 8192 1",
    "./main 4096 4096 1",
    "./main 16384 8192 100",
  ]);
});

it("leaves files, options and fractions alone", () => {
  expect(versions("./main -r 0.5 ../data/g65536.txt")).toEqual([
    "./main -r 0.5 ../data/g65536.txt",
  ]);
  expect(versions("./main")).toEqual(["./main"]);
});

it("says each version once", () => {
  expect(versions("./main 64 1")).toEqual(["./main 64 1"]);
  expect(versions("./main 64 0")).toEqual(["./main 64 0"]);
});
