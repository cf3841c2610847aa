/**
 * OpenGL programs straight on this machine's driver and as guests. Both have to pass by their own verdict and to print
 * the same, down to the checksum of every picture: what the program read back, and what the X server shows.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { build } from "../lib/build.ts";
import { type Display, startDisplay } from "../lib/display.ts";
import { directGlEnv, forwardedGlEnv } from "../lib/gl.ts";
import { GL_PROGRAMS, glProgramNamed } from "../lib/gl-manifest.ts";
import { colours, difference, parsePpm } from "../lib/image.ts";
import type { Program } from "../lib/manifest.ts";
import { ending, type Outcome, runProgram, verdictOf } from "../lib/run.ts";
import { type Server, startServer } from "../lib/server.ts";
import { until } from "../lib/wait.ts";

const named = GL_PROGRAMS.map((program) => [program.name, program] as const);
const pictures = mkdtempSync(path.join(tmpdir(), "gpuferry-pictures-"));
const direct = new Map<string, Outcome>();
let display: Display;
let server: Server;

beforeAll(async () => {
  display = await startDisplay();
  server = await startServer();
});
afterAll(async () => {
  await server?.stop();
  await display?.stop();
  rmSync(pictures, { recursive: true });
});

async function run(program: Program, env: Record<string, string>, way: string): Promise<Outcome> {
  const directory = mkdtempSync(path.join(pictures, `${way}-${program.name}-`));
  const outcome = await runProgram(await build(program), env, {
    args: program.name === "gl_scene" ? ["30"] : [],
    env: { GPUFERRY_PICTURES: directory },
  });
  const said = `${outcome.stdout}${outcome.stderr}`;
  expect(verdictOf(outcome), said).toBe("PASS");
  expect(ending(outcome), said).toBe("exit 0");
  return outcome;
}

/** By the pictures' names. */
function picturesOf(way: string, program: Program) {
  const directory = readdirSync(pictures).find((name) =>
    name.startsWith(`${way}-${program.name}-`),
  );
  const files = directory === undefined ? [] : readdirSync(path.join(pictures, directory));
  return new Map(
    files.map((file) => [file, parsePpm(readFileSync(path.join(pictures, directory!, file)))]),
  );
}

describe("straight on this machine's driver", () => {
  it.each(named)("%s", async (name, program) => {
    direct.set(name, await run(program, directGlEnv(display.name), "direct"));
    for (const [file, image] of picturesOf("direct", program)) {
      expect(colours(image), `${file} shows something`).toBeGreaterThan(1);
    }
  });
});

describe("forwarded", () => {
  it.each(named)("%s", async (name, program) => {
    const outcome = await run(program, forwardedGlEnv(server.host, display.name), "forwarded");
    const seen = picturesOf("forwarded", program);
    for (const [file, image] of picturesOf("direct", program)) {
      const other = seen.get(file);
      expect(other === undefined ? "no picture" : difference(image, other).text, file).toBe("");
    }
    expect(outcome.stdout).toBe(direct.get(name)?.stdout);
  });
});

/** A host that tells nothing of a program, as it has too many variables, is not asked for all of it again and again. */
it("asks of 1500 uniforms once each", async () => {
  const server = await startServer();
  try {
    await run(
      glProgramNamed("gl_many_uniforms"),
      forwardedGlEnv(server.host, display.name),
      "counted",
    );
    const ended = /"calls":(\d+),.*"session ended"/;
    await until("its session has ended", () => ended.test(server.log()), 5000);
    const calls = Number(server.log().match(ended)?.[1]);
    const names = 1500;
    const others = 200;
    expect(calls).toBeGreaterThan(2 * names);
    expect(calls).toBeLessThan(3 * names + others); // its name, its location, its value
  } finally {
    await server.stop();
  }
});

/** As with NVIDIA's driver: mappings that stay are compared with what was sent of them. */
describe("forwarded to a driver without GL_AMD_pinned_memory", () => {
  it("gl_buffers", async () => {
    const unpinned = await startServer("", { GPUFERRY_GL_NO_PINNED_MEMORY: "1" });
    try {
      const env = forwardedGlEnv(unpinned.host, display.name);
      const outcome = await run(glProgramNamed("gl_buffers"), env, "unpinned");
      expect(outcome.stdout).toBe(direct.get("gl_buffers")?.stdout);
    } finally {
      await unpinned.stop();
    }
  });
});
