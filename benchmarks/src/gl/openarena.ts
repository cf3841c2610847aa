/** OpenArena's timedemo: a game of 2008 that makes thousands of small calls a frame, most of them with client arrays. */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { measureFrames } from "./frames.ts";
import type { Size } from "./programs.ts";
import type { GlRow } from "./result.ts";
import type { GlStage } from "./stage.ts";

/** It comes with the game, for its current protocol. */
const DEMO = { pak: "/usr/share/games/openarena/baseoa/pak6-patch088.pk3", name: "demo088-test1" };
const DEMO_SUFFIX = "dm_71";
/** Of 3398: llvmpipe draws ten a second of the large ones. */
const FRAMES = 400;

export const OPENARENA = "/usr/games/openarena";

const STOP_AFTER_MS = 300_000;

/** The first messages of a recorded demo, of which each makes a frame. A message is its number, its length in bytes and that many bytes, all little-endian; both are -1 at the end. */
function beginning(demo: Buffer, messages: number): Buffer {
  let end = 0;
  for (let message = 0; message < messages; message++) {
    const bytes = end + 8 <= demo.length ? demo.readInt32LE(end + 4) : -1;
    if (bytes < 0) break;
    end += 8 + bytes;
  }
  return Buffer.concat([demo.subarray(0, end), Buffer.alloc(8, 0xff)]);
}

function writeDemo(home: string): void {
  const demo = execFileSync("unzip", ["-p", DEMO.pak, `demos/${DEMO.name}.${DEMO_SUFFIX}`], {
    maxBuffer: 64 << 20,
  });
  const folder = path.join(home, "baseoa", "demos");
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, `${DEMO.name}.${DEMO_SUFFIX}`), beginning(demo, FRAMES));
}

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
    DEMO.name,
  ];
  try {
    writeDemo(home);
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
