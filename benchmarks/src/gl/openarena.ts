/** OpenArena's timedemo: a game of 2008 that makes thousands of small calls a frame, most of them with client arrays. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { measureFrames } from "./frames.ts";
import type { Size } from "./programs.ts";
import type { GlRow } from "./result.ts";
import type { GlStage } from "./stage.ts";

/** It comes with the game, for its current protocol. */
const DEMO = "demo088-test1";

export const OPENARENA = "/usr/games/openarena";

/** The demo has 3398 frames, of which llvmpipe draws ten to fifty a second. */
const STOP_AFTER_MS = 600_000;

export async function measureOpenArena(
  stage: GlStage,
  { width, height }: Size,
  repetitions: number,
): Promise<GlRow> {
  const home = mkdtempSync(path.join(tmpdir(), "gpuferry-openarena-"));
  const set = (name: string, value: string | number) => ["+set", name, String(value)];
  const args = [
    ...set("fs_homepath", home),
    ...set("s_initsound", 0),
    ...set("r_fullscreen", 0),
    ...set("r_mode", -1),
    ...set("r_customwidth", width),
    ...set("r_customheight", height),
    // Its own default is too small for the level of the demo.
    ...set("com_hunkmegs", 512),
    ...set("com_maxfps", 0),
    ...set("timedemo", 1),
    ...set("nextdemo", "quit"),
    "+demo",
    DEMO,
  ];
  try {
    return await measureFrames(
      stage,
      {
        name: `openarena_${width}x${height}`,
        command: OPENARENA,
        needs: OPENARENA,
        args,
        rate: /\d+ frames [\d.]+ seconds ([\d.]+) fps/g,
        quick: false,
        stopAfterMs: STOP_AFTER_MS,
      },
      repetitions,
    );
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}
