import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, it } from "vitest";
import { judgesByStatus, repetitionOptionsIn, sourceFilesIn, usagesIn } from "./usage.ts";

it("finds a program's own sources, in folders too", () => {
  const folder = mkdtempSync(path.join(tmpdir(), "gpuferry-usage-"));
  try {
    for (const name of ["src/part", "CMakeFiles/probe"]) {
      mkdirSync(path.join(folder, name), { recursive: true });
    }
    for (const name of ["main.cu", "notes.txt", "src/part/a.cpp", "CMakeFiles/probe/b.cu"]) {
      writeFileSync(path.join(folder, name), "");
    }
    symlinkSync(path.join(folder, "src"), path.join(folder, "other"));
    expect(sourceFilesIn(folder).sort()).toEqual(["main.cu", "src/part/a.cpp"]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

it("names the arguments of a usage line", () => {
  expect(
    usagesIn('printf("Usage: %s <image width> <height> ", argv[0]); exit(1);\nputs("<no>");'),
  ).toEqual([["image width", "height"]]);
  expect(usagesIn('std::cout << "usage: " << argv[0] << " <repeat> <input length>\\n";')).toEqual([
    ["repeat", "input length"],
  ]);
  expect(usagesIn('fprintf(stderr, "Usage: ./adv N [nRepetitions]\\n"\n  "more <file>");')).toEqual(
    [["nRepetitions", "file"]],
  );
  expect(usagesIn("usage();")).toEqual([]);
});

it("finds the options for repetitions in a help text", () => {
  const help = [
    '"\\n    -i <I>    # of work-items (default=256)"',
    '"\\n    -w <W>    # of untimed warmup iterations (default=10)"',
    '"\\n  --reps <R>  number of timed repetitions"',
  ];
  expect(repetitionOptionsIn(help.join("\n"))).toEqual(["-w", "--reps"]);
});

it("sees that the exit status is a judgement", () => {
  expect(judgesByStatus("return ok ? EXIT_SUCCESS : EXIT_FAILURE;")).toBe(true);
  expect(judgesByStatus("exit(bad ? 0 : 1);")).toBe(true);
  expect(judgesByStatus("exit(EXIT_SUCCESS);")).toBe(false);
});
