import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { readConstants, readStructs } from "./abi.ts";

const abiDir = join(dirname(fileURLToPath(import.meta.url)), "../abi");
const headers = readdirSync(abiDir)
  .filter((f) => f.endsWith(".h"))
  .sort();
const sources = headers.map((f) => readFileSync(join(abiDir, f), "utf8"));

test("the layouts read for TypeScript are the C compiler's", () => {
  const structs = readStructs(sources);
  const constants = readConstants(sources);
  expect(structs.length).toBeGreaterThan(5);
  expect(constants.size).toBeGreaterThan(20);
  const program = [
    '#include "abi.h"',
    "#include <stdio.h>",
    "int main(void) {",
    ...structs.flatMap((s) => [
      `printf("${s.name} %zu\\n", sizeof(struct ${s.name}));`,
      ...s.fields.map(
        (f) => `printf("${s.name}.${f.name} %zu\\n", offsetof(struct ${s.name}, ${f.name}));`,
      ),
    ]),
    ...[...constants.keys()].map((c) => `printf("${c} %llu\\n", (unsigned long long)${c});`),
    "}",
  ].join("\n");
  const expected = [
    ...structs.flatMap((s) => [
      `${s.name} ${s.sizeBytes}`,
      ...s.fields.map((f) => `${s.name}.${f.name} ${f.offsetBytes}`),
    ]),
    ...[...constants].map(([c, v]) => `${c} ${v}`),
  ];
  const dir = mkdtempSync(join(tmpdir(), "gpuferry-abi-"));
  try {
    const binary = join(dir, "layout");
    execFileSync("cc", ["-std=gnu11", `-I${abiDir}`, "-x", "c", "-", "-o", binary], {
      input: program,
    });
    expect(execFileSync(binary, { encoding: "utf8" }).trim().split("\n")).toEqual(expected);
  } finally {
    rmSync(dir, { recursive: true });
  }
});

test("padding without a name is refused", () => {
  expect(() => readStructs(["struct gf_x { uint32_t a; uint64_t b; };"])).toThrow(
    /gf_x: unnamed padding before "uint64_t b"/,
  );
});
test("a member it cannot lay out is refused", () => {
  expect(() => readStructs(["struct gf_x { void *p; };"])).toThrow(/gf_x: cannot read "void \*p"/);
});
