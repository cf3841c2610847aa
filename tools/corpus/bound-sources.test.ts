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

it("cuts loops that do the same again and again", () => {
  expect(
    bounded("for (int i = 0; i < 100; i++) {\n  kernel<<<grid, block>>>(a);\n  reference(b);\n}\n"),
  ).toEqual({
    text: "for (int i = 0; i < 1; i++) {\n  kernel<<<grid, block>>>(a);\n  reference(b);\n}\n",
    cut: ["i < 100"],
  });
  expect(bounded("for (int i = 0; i < 50; i++) add<T, 2>\n(x);").cut).toEqual(["i < 50"]);
  expect(bounded("for (size_t n = 0; n < 20; ++n) run(x);").text).toBe(
    "for (size_t n = 0; n < 1; ++n) run(x);",
  );
});

it("leaves loops alone that count, are short or hold no call", () => {
  for (const source of [
    "for (int i = 0; i < 100; i++) init(i);",
    "for (int i = 0; i < 100; i++) { if (x) { y(); } a[i] = 0; }",
    "for (int i = 0; i < 4; i++) run();",
    "for (int i = 0; i < 100; i++) x *= 2;",
    "for (int i = 0; i < count; i++) run();",
  ]) {
    expect(bounded(source)).toEqual({ text: source, cut: [] });
  }
});
