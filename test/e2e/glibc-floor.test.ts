/** What ships must load on machines older than the one that built it: no symbol newer than the floor, nothing strange needed. */
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { ROOT } from "../lib/paths.ts";

const floor = /set\(GF_GLIBC_FLOOR ([0-9.]+)\)/.exec(
  readFileSync(path.join(ROOT, "cmake/glibc_floor.cmake"), "utf8"),
)?.[1];

/** Of glibc, or on every machine that runs C++ programs; the others are of gpuferry itself. */
const allowed =
  /^(ld-linux-x86-64\.so\.2|lib(c|m|dl|pthread)\.so\.\d|libgcc_s\.so\.1|libcuda\.so\.1|libgpuferry-gl\.so\.1)$/;

const guest = readdirSync(path.join(ROOT, "build/lib/guest"), { withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map(({ name }) => `lib/guest/${name}`);
const host = [
  "bin/gpuferry-executor",
  "bin/gpuferry-bench",
  "lib/gpuferry.node",
  "lib/softcuda/libcuda.so.1",
  "lib/softcuda/libgpuferry-ptx.so",
];

const read = (tool: string, ...args: string[]) =>
  execFileSync(tool, args, { encoding: "utf8", maxBuffer: 1 << 26 });

function newest(versions: readonly string[]): string {
  return [...versions].sort((a, b) => a.localeCompare(b, "en", { numeric: true })).at(-1) ?? "0";
}

test("the guest's part is all there", () => {
  expect(guest.length).toBeGreaterThanOrEqual(10);
  expect(floor).toBe("2.28");
});

describe.each([...guest, ...host])("%s", (name) => {
  const file = path.join(ROOT, "build", name);

  test("asks for no symbol of a newer glibc, nor for libstdc++", () => {
    const asked = read("readelf", "-W", "--version-info", file);
    const versions = [...asked.matchAll(/Name: GLIBC_([0-9.]+)\s/g)].map((match) => match[1]!);
    expect(newest([...versions, floor!]), versions.join(" ")).toBe(floor);
    expect(asked).not.toMatch(/Name: (GLIBCXX|CXXABI)_/);
    expect(asked).not.toMatch(/Name: GCC_(9|\d\d)\./);
  });

  test("leaves no name of glibc without a version", () => {
    const open = read("nm", "-D", "--undefined-only", "--with-symbol-versions", file)
      .split("\n")
      .filter((line) => /^\s+U \S+$/.test(line) && !line.includes("@"))
      .map((line) => line.trim().slice(2))
      // Node's own, and those of the libraries next to it.
      .filter((symbol) => !/^(napi_|uv_|node_api_|gf_|cu[A-Z])/.test(symbol));
    expect(open).toEqual([]);
  });

  test("needs libraries that every machine has", () => {
    const needed = [...read("readelf", "-d", file).matchAll(/NEEDED.*\[(.+)\]/g)].map((m) => m[1]!);
    expect(needed.filter((library) => !allowed.test(library))).toEqual([]);
  });
});
