import { expect, it } from "vitest";
import { absentArgument, complaintOfInput } from "./data.ts";

it("finds the argument that names a file which is not there", () => {
  const here = import.meta.dirname;
  expect(absentArgument("./main -n 4 data.ts", here)).toBeUndefined();
  expect(absentArgument("./main data.ts ../mesh/a.dat", here)).toBe("../mesh/a.dat");
  expect(absentArgument("./main noised-20.png 1", here)).toBe("noised-20.png");
  expect(absentArgument("./main -i ./data/simple.su", here)).toBe("./data/simple.su");
  expect(absentArgument("cd .. && corpus/main corpus/data.ts", here)).toBeUndefined();
  expect(absentArgument("./main 0.5 1e-7 -c0 1.98e-7 --steps=10 1024", here)).toBeUndefined();
});

it("knows how programs complain of files and arguments", () => {
  for (const text of [
    "ERROR: could not open file delaunay_n24.egr",
    "***** ERROR: Unable to open Input file x.txt",
    "Failed to open the file input/peppa/0.txt. Exit",
    "could not open input parameter file: Inputs/input_256x256.params",
    "Error opening mesh.bin",
    "Error: failed to read file input/graph.dat. Exit",
    "a.dat: No such file or directory",
    "No such folder: data/test/",
    "Usage: ./ljmd nx Ne",
  ]) {
    expect(complaintOfInput(`first\n${text}\n`)).toBe(text);
  }
  for (const text of ["mismatch in file main.cu, line 7", "Error: failed to find the maximum"]) {
    expect(complaintOfInput(text)).toBeUndefined();
  }
});
