import { expect, it } from "vitest";
import { bounded } from "./bound-sources.ts";

it("cuts repetitions in macros and declarations to one", () => {
  expect(bounded("#define NUM_ITERATIONS 1000 // of the kernel\n")).toEqual({
    text: "#define NUM_ITERATIONS 1 // of the kernel\n",
    cut: ["NUM_ITERATIONS = 1000"],
  });
  expect(bounded("# define REPEAT (100)\n").text).toBe("# define REPEAT (1)\n");
  expect(bounded("  int repeat = 1000;\n").text).toBe("  int repeat = 1;\n");
  expect(bounded("const unsigned int nIter = 300u, m = 4;").text).toBe(
    "const unsigned int nIter = 1u, m = 4;",
  );
});

it("leaves sizes, counters, expressions and single repetitions alone", () => {
  for (const source of [
    "#define NUM_STEPS 2048\n",
    "#define ITERATIONS (2 * N)\n",
    "#define ITERATOR 12\n",
    "int iterations = 0;",
    "#define REPEAT 1\n",
    "int iter = 10 * n;",
    "double loops = 1.5;",
    "int iteration_base[] = {100};",
  ]) {
    expect(bounded(source)).toEqual({ text: source, cut: [] });
  }
});
