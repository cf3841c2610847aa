/**
 * How an OpenGL program comes to our libraries, and how its pictures come to X: each of the ways, with programs that look
 * at what the X server shows.
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { build } from "../lib/build.ts";
import { type Display, type DisplayOptions, startDisplay } from "../lib/display.ts";
import { forwardedGlEnv } from "../lib/gl.ts";
import { GL_PROGRAMS } from "../lib/gl-manifest.ts";
import { type Outcome, runProgram, verdictOf } from "../lib/run.ts";
import { type Server, startServer } from "../lib/server.ts";

let server: Server;
let display: Display;
beforeAll(async () => {
  server = await startServer();
  display = await startDisplay();
});
afterAll(async () => {
  await display?.stop();
  await server?.stop();
});

async function run(name: string, env: Record<string, string>): Promise<Outcome> {
  const program = GL_PROGRAMS.find((one) => one.name === name);
  if (!program) throw new Error(`no program ${name}`);
  return runProgram(await build(program), env);
}

async function passes(name: string, env: Record<string, string>): Promise<void> {
  const outcome = await run(name, env);
  expect(verdictOf(outcome), `${outcome.stdout}${outcome.stderr}`).toBe("PASS");
}

/** What a guest has that was not started by `gpuferry run`: the preload, and no way to our libraries but that. */
function preloadAlone(): Record<string, string> {
  const { LD_LIBRARY_PATH: _, ...env } = forwardedGlEnv(server.host, display.name);
  return { ...env, LD_LIBRARY_PATH: "" };
}

describe("the libraries are found", () => {
  it("by dlopen and dlsym, with the preload alone", () => passes("gl_es2", preloadAlone()));
  it("as libglvnd's vendor by a program that is linked with GLX", () =>
    passes("gl_front_buffer", preloadAlone()));
  it("as libglvnd's vendor by a program that is linked with EGL", () =>
    passes("gl_es3", preloadAlone()));
  it("on LD_LIBRARY_PATH", () =>
    passes("gl_front_buffer", forwardedGlEnv(server.host, display.name)));
});

describe("pictures reach an X server", () => {
  const servers: readonly (readonly [string, DisplayOptions])[] = [
    ["without MIT-SHM", { without: ["MIT-SHM"] }],
    ["without GLX", { without: ["GLX"] }],
    ["of depth 16", { depth: 16 }],
  ];
  it.each(servers)("%s", async (_, options) => {
    const other = await startDisplay(options);
    try {
      const env = forwardedGlEnv(server.host, other.name);
      await passes("gl_resize", env);
      await passes("gl_front_buffer", env);
      await passes("gl_offscreen_glx", env);
    } finally {
      await other.stop();
    }
  });
});

it("a display that no X server answers on is an error, not a crash", async () => {
  const outcome = await run("gl_front_buffer", forwardedGlEnv(server.host, ":987"));
  expect(outcome.signal).toBe(null);
  expect(verdictOf(outcome)).not.toBe("PASS");
});
