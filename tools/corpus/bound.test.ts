import { expect, it } from "vitest";
import { versions } from "./bound.ts";

const lighter = (command: string, usages?: string[][]) => versions(command, usages).lighter;

it("takes the last whole number for the repetitions and the others for sizes", () => {
  expect(versions("./main 16384 8192 100")).toEqual({
    lighter: ["./main 16384 8192 1", "./main 4096 4096 1", "./main 1024 1024 1", "./main 64 64 1"],
    heavier: ["./main 4096 4096 10", "./main 16384 8192 10", "./main 16384 8192 100"],
  });
});

it("goes by a usage line that has as many arguments", () => {
  const usages = [["file"], ["repeat", "input length"]];
  expect(lighter("./main 1000 33554432", usages)[0]).toBe("./main 1 33554432");
  expect(lighter("./main 1024 100 32", [["nodes", "iterations", "block size"]])[0]).toBe(
    "./main 1024 1 32",
  );
  expect(lighter("./main 8 100", usages.slice(0, 1))[0]).toBe("./main 8 1");
});

it("knows options that say how often", () => {
  expect(lighter("./main -i 1000 -l 32 -t 128")).toEqual([
    "./main -i 1 -l 32 -t 128",
    "./main -i 1 -l 32 -t 64",
    "./main -i 1 -l 16 -t 16",
  ]);
  expect(lighter("./main --dimx=8192 --timesteps=90")).toEqual([
    "./main --dimx=8192 --timesteps=1",
    "./main --dimx=4096 --timesteps=1",
    "./main --dimx=1024 --timesteps=1",
    "./main --dimx=64 --timesteps=1",
  ]);
});

it("says what is left to defaults that a help text names", () => {
  expect(versions("./main -a 0.1 -r 50", [], ["-w", "-r"])).toEqual({
    lighter: ["./main -a 0.1 -r 1 -w 1"],
    heavier: ["./main -a 0.1 -r 10", "./main -a 0.1 -r 50"],
  });
});

it("does not take another option's number for the repetitions", () => {
  expect(versions("./main -s 512")).toEqual({
    lighter: ["./main -s 512", "./main -s 128", "./main -s 16"],
    heavier: [],
  });
});

it("leaves files, options and fractions alone", () => {
  const command = "./main -r 0.5 ../data/g65536.txt";
  expect(versions(command)).toEqual({ lighter: [command], heavier: [] });
  expect(versions("./main")).toEqual({ lighter: ["./main"], heavier: [] });
});

it("does not count what stands before the program", () => {
  expect(lighter("cd src && SEED=7 ./main 16 9", [["size", "repeat"]])).toEqual([
    "cd src && SEED=7 ./main 16 1",
  ]);
});

it("says each version once", () => {
  expect(versions("./main 16 1")).toEqual({ lighter: ["./main 16 1"], heavier: [] });
  expect(versions("./main 16 0")).toEqual({ lighter: ["./main 16 0"], heavier: [] });
});
