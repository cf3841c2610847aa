import { expect, it } from "vitest";
import { judgesByStatus, repetitionOptionsIn, usagesIn } from "./usage.ts";

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
