import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { discover } from "./discover.ts";

let root: string;

function put(file: string, text: string): void {
  const full = path.join(root, file);
  mkdirSync(path.dirname(full), { recursive: true });
  writeFileSync(full, text);
}

const MAIN = "int main() { return 0; }\n";

beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), "gpuferry-discover-"));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const found = () =>
  discover([root]).map(({ name, builder, sources }) => [name, builder, sources?.join(" ") ?? ""]);

it("takes a folder by how it says it is built", () => {
  put("a/CMakeLists.txt", "project(a)\nadd_executable(a a.cu)\n");
  put("a/a.cu", MAIN);
  put("a/Makefile", "all:\n");
  put("b/Makefile", "all:\n");
  put("b/b.cu", MAIN);
  put("c/Makefile", "all:\n\tnvcc -o c src/c.cu\n");
  expect(found()).toEqual([
    ["a", "cmake", ""],
    ["b", "make", ""],
    ["c", "make", ""],
  ]);
});

it("searches folders that only list others", () => {
  put("CMakeLists.txt", "add_subdirectory(in)\n");
  put("Makefile", "all:\n\t$(MAKE) -C in\n");
  put("in/one/CMakeLists.txt", "add_executable(one one.cu)\n");
  expect(found()).toEqual([["one", "cmake", ""]]);
});

it("takes single files by their main()", () => {
  put("loose/first.cu", MAIN);
  put("loose/second.cu", MAIN);
  put("loose/part.cu", "int part() { return 1; }\n");
  put("whole/main.cu", MAIN);
  put("whole/part.cu", "int part() { return 1; }\n");
  expect(found()).toEqual([
    ["first", "nvcc", "first.cu"],
    ["second", "nvcc", "second.cu"],
    ["main", "nvcc", "main.cu part.cu"],
  ]);
});

it("tells programs of one name apart by their folders", () => {
  put("x/scan/scan.cu", MAIN);
  put("y/scan/scan.cu", MAIN);
  expect(found().map(([name]) => name)).toEqual(["x.scan.scan", "y.scan.scan"]);
});
