import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { gl } from "../../api/gl/index.ts";
import { egl, glx, type WindowSystem } from "../../api/gl/window.ts";
import { parseLock } from "../lock.ts";
import { type GlCoverage, glAsTable, glCoverage, windowCoverage } from "./coverage.ts";
import { readRegistry } from "./locate.ts";
import { planGl } from "./plan.ts";
import { parseRegistry, type Registry } from "./registry.ts";

const protocolDir = join(dirname(fileURLToPath(import.meta.url)), "../..");
const opcodes = parseLock(readFileSync(join(protocolDir, "api/gl/opcodes.lock"), "utf8"));
const plan = planGl(gl, parseRegistry(readRegistry("gl")), opcodes);

const unoffered = (rows: readonly GlCoverage[], registry: Registry, apis: readonly string[]) => {
  const versions = registry.features.filter((f) => apis.includes(f.api)).flatMap((f) => f.commands);
  const missing = new Set(rows.filter((r) => r.answer === "not offered").map((r) => r.symbol));
  return versions.filter((name) => missing.has(name));
};

describe("the coverage of OpenGL", () => {
  const rows = glCoverage(plan);
  test("has every command of the registry, once", () => {
    expect(rows.map((r) => r.symbol)).toEqual([...plan.registry.commands.keys()].sort());
  });
  test("offers every command of GL 4.6 and ES 3.2", () => {
    expect(unoffered(rows, plan.registry, ["gl", "gles1", "gles2"])).toEqual([]);
  });
  test("gives a reason for every refusal", () => {
    const silent = rows.filter((r) => r.answer === "refused" && r.detail.length < 20);
    expect(silent).toEqual([]);
  });
  test("ends with its sum", () => {
    expect(glAsTable("OpenGL", rows)).toMatch(/OpenGL: \d+ commands: .*\d+ async.*\n$/);
  });
});

const library = join(protocolDir, "../build/lib/guest/libgpuferry-gl.so.1");
const exported = (): string[] =>
  execFileSync("nm", ["-D", "--defined-only", library], { encoding: "utf8", maxBuffer: 1 << 26 })
    .split("\n")
    .map((line) => line.split(" ")[2] ?? "");

const windowSystems: [system: WindowSystem, api: string, prefix: RegExp][] = [
  [glx, "glx", /^glX[A-Z]/],
  [egl, "egl", /^egl[A-Z]/],
];

for (const [system, api, prefix] of windowSystems) {
  describe(`the coverage of ${system.name}`, () => {
    const registry = parseRegistry(readRegistry(system.name));
    const rows = windowCoverage(system, registry);
    test("offers every command of every version", () => {
      expect(unoffered(rows, registry, [api])).toEqual([]);
    });
    test("gives a reason for every other", () => {
      expect(rows.filter((r) => r.answer !== "in the guest" && r.detail.length < 20)).toEqual([]);
    });
    test("names only extensions that the registry has", () => {
      const known = new Set(registry.extensions.map((e) => e.name));
      expect(system.extensions.filter((e) => !known.has(e))).toEqual([]);
    });
    test.skipIf(!existsSync(library) || !exported().some((s) => prefix.test(s)))(
      "is what the built library exports",
      () => {
        const offered = rows.filter((r) => r.answer === "in the guest").map((r) => r.symbol);
        expect(
          exported()
            .filter((s) => prefix.test(s))
            .sort(),
        ).toEqual(offered);
      },
    );
  });
}
