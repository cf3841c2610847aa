import { execFileSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { findCommand, whyNotPreloadable } from "./preloadable.ts";

let directory: string;
const at = (name: string) => join(directory, name);
const write = (name: string, text: string | Buffer) => {
  writeFileSync(at(name), text, { mode: 0o755 });
  return at(name);
};

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "gpuferry-preloadable-"));
  write("main.c", "int main(void) { return 0; }\n");
  for (const [name, ...flags] of [
    ["dynamic"],
    ["static", "-static"],
    ["static-pie", "-static-pie"],
  ] as const) {
    execFileSync("gcc", [...flags, "-o", at(name), at("main.c")]);
  }
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

test("a dynamically linked program can be a guest, and so can what says nothing of itself", () => {
  for (const name of ["dynamic", "main.c", "missing"]) {
    expect(whyNotPreloadable(at(name))).toBeUndefined();
  }
  expect(whyNotPreloadable(directory)).toBeUndefined();
  expect(whyNotPreloadable(process.execPath)).toBeUndefined();
  expect(whyNotPreloadable(write("cut", Buffer.from("\x7fELF\x02\x01\x01", "latin1")))).toBe(
    undefined,
  );
});

test("a statically linked one cannot, nor can a script that it runs", () => {
  expect(whyNotPreloadable(at("static"))).toMatch(/^is statically linked/);
  expect(whyNotPreloadable(at("static-pie"))).toMatch(/^is statically linked/);
  const script = write("script", `#! ${at("static")} -x\n`);
  expect(whyNotPreloadable(script)).toMatch(/^is run by .*static, which is statically linked/);
  expect(whyNotPreloadable(write("chain", `#!${script}\n`))).toMatch(/static, which/);
  expect(whyNotPreloadable(write("self", `#!${at("self")}\n`))).toBeUndefined();
});

test("another architecture's width, and another user's rights, are named", () => {
  const narrow = Buffer.alloc(64);
  narrow.write("\x7fELF\x01\x01\x01", "latin1");
  expect(whyNotPreloadable(write("narrow", narrow))).toMatch(/^is no 64-bit program/);
  if (process.getuid?.() === 0) return; // whose own programs everything may be
  execFileSync("cp", [at("dynamic"), at("own")]);
  chmodSync(at("own"), 0o4755);
  expect(whyNotPreloadable(at("own"))).toBeUndefined();
});

test("a command is found as a shell finds it", () => {
  expect(findCommand("dynamic", `/nowhere:${directory}`)).toBe(at("dynamic"));
  expect(findCommand("a/b", "")).toBe("a/b");
  expect(findCommand("dynamic", "/nowhere")).toBeUndefined();
  expect(findCommand("", directory)).toBeUndefined();
});
