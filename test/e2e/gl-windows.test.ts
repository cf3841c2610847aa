/** Programs of others that draw in windows, held still, and compared pixel by pixel with what they show directly. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { build } from "../lib/build.ts";
import { type Display, startDisplay } from "../lib/display.ts";
import { directGlEnv, forwardedGlEnv } from "../lib/gl.ts";
import { FROZEN_CLOCK } from "../lib/gl-manifest.ts";
import { difference, type Image } from "../lib/image.ts";
import { type Server, startServer } from "../lib/server.ts";
import { watch } from "../lib/watch.ts";

let display: Display;
let server: Server;
beforeAll(async () => {
  display = await startDisplay();
  server = await startServer();
});
afterAll(async () => {
  await server?.stop();
  await display?.stop();
});

/** The program's window once it has drawn it a good many times. */
async function still(
  command: string,
  args: readonly string[],
  env: Record<string, string>,
): Promise<Image> {
  const preload = [await build(FROZEN_CLOCK), env.LD_PRELOAD].filter(Boolean).join(":");
  const all = { ...env, LD_PRELOAD: preload };
  return (await watch(command, { args, env: all, display: display.name })).image;
}

describe("a window", () => {
  it.each([
    ["glxgears", []],
    ["glxgears", ["-geometry", "640x481"]],
    ["glxgears", ["-samples", "4"]],
    ["es2gears_x11", []],
    ["es2tri", []],
    ["glxdemo", []],
  ] as const)("of %s %s shows what it shows directly", async (command, args) => {
    const direct = await still(command, args, directGlEnv(display.name));
    const forwarded = await still(command, args, forwardedGlEnv(server.host, display.name));
    expect(difference(direct, forwarded).text).toBe("");
  });
});
