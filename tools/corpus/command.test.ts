import { expect, it } from "vitest";
import { commandIn, startsIn } from "./command.ts";

it("finds the commands of a run rule", () => {
  const text = "nvcc -c a.cu\ntime ./main 1 \\\n  2\n# ./no\n./other < in.txt\necho ./main\n";
  expect(startsIn(text)).toEqual(["./main 1 2", "./other < in.txt"]);
});

it("finds programs of other folders, with variables, and started from elsewhere", () => {
  const text = [
    "SEED=123 ./main f9",
    "cd data && ../main in.txt && cd ..",
    "bin/main -n 4",
    "tools/run.py 1",
    "/usr/bin/true 1",
    "./tests/",
  ].join("\n");
  expect(startsIn(text)).toEqual([
    "SEED=123 ./main f9",
    "cd data && ../main in.txt && cd ..",
    "bin/main -n 4",
  ]);
});

it("tells a program from what stands before it", () => {
  expect(commandIn("cd src && A=1 B= ./main -nx 128")).toEqual({
    prefix: "cd src && A=1 B= ",
    words: ["./main", "-nx", "128"],
    folder: "src",
  });
});
