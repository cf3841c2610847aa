import { describe, expect, it } from "vitest";
import { parseProfile, stringsOf } from "./tests.ts";

const option = (name: string, value: string) => `<option name="${name}" value="${value}"/>`;
const test = (type: string, name: string, ...inside: string[]) =>
  `<Test type="${type}" name="${name}">${inside.join("")}</Test>`;
const parse = (...tests: string[]) =>
  parseProfile(
    `<?xml version='1.0'?><PiglitTestList count="1">${tests.join("")}</PiglitTestList>`,
    "/p",
  );

describe("parseProfile", () => {
  it("runs GL tests offscreen where they may run beside others, else in a window", () => {
    const [beside, alone] = parse(
      test("gl", "a", option("command", "['a', '-x', '3']"), option("run_concurrent", "True")),
      test("gl", "b", option("command", "['b', '-auto']"), option("run_concurrent", "False")),
    );
    expect(beside).toEqual({
      name: "a",
      command: ["/p/bin/a", "-x", "3", "-auto", "-fbo"],
      env: {},
      concurrent: true,
    });
    expect(alone).toMatchObject({ command: ["/p/bin/b", "-auto"], concurrent: false });
  });

  it("gives shader tests the path of their file", () => {
    const command = option("command", "['shader_runner_gles3', 'tests/x.shader_test']");
    const [shader] = parse(test("shader", "s", command, option("run_concurrent", "True")));
    expect(shader?.command).toEqual([
      "/p/bin/shader_runner_gles3",
      "/p/tests/x.shader_test",
      "-auto",
      "-fbo",
    ]);
  });

  it("reads entities and a test's own environment", () => {
    const [only] = parse(
      test(
        "gl",
        "a &lt; b",
        option("command", "['a']"),
        `<environment><env name="vblank_mode" value="0"/></environment>`,
      ),
    );
    expect(only).toMatchObject({ name: "a < b", env: { vblank_mode: "0" } });
  });

  it("leaves out what has no place on the platform", () => {
    const on = (name: string, value: string) =>
      parse(test("gl", "a", option("command", "['a']"), option(name, value))).length;
    expect(on("require_platforms", "['gbm']")).toBe(0);
    expect(on("require_platforms", "['glx', 'mixed_glx_egl']")).toBe(1);
    expect(on("exclude_platforms", "['mixed_glx_egl']")).toBe(0);
  });

  it("says so when it meets a type it does not know", () => {
    expect(() => parse(test("opencl", "a", option("command", "['a']")))).toThrow("opencl");
  });
});

describe("stringsOf", () => {
  it("reads Python's strings, of either quote", () => {
    expect(stringsOf(`['a b', "it's", 'a\\'b']`)).toEqual(["a b", "it's", "a'b"]);
    expect(stringsOf("[]")).toEqual([]);
  });
});
