/** quickstart's second half: OpenGL programs in a virtual X server, directly and forwarded, with pictures of their windows. */
import { rmSync } from "node:fs";
import path from "node:path";
import { build } from "../../test/lib/build.ts";
import { type Display, startDisplay } from "../../test/lib/display.ts";
import { directGlEnv, forwardedGlEnv } from "../../test/lib/gl.ts";
import { glProgramNamed } from "../../test/lib/gl-manifest.ts";
import { writePng } from "../../test/lib/image.ts";
import { BUNDLED, PICTURES } from "../../test/lib/paths.ts";
import { runProgram } from "../../test/lib/run.ts";
import { watch } from "../../test/lib/watch.ts";
import { table } from "./table.ts";

interface Demo {
  readonly name: string;
  readonly command: () => Promise<string>;
  readonly args: readonly string[];
  /** How long it draws, in all. */
  readonly runMs: number;
  /** Frames per second out of what it printed. */
  readonly rate: RegExp;
}

const DEMOS: readonly Demo[] = [
  {
    name: "glxgears",
    command: async () => "glxgears",
    args: [],
    runMs: 5300, // it prints its rate every five seconds
    rate: /= ([\d.]+) FPS/,
  },
  {
    name: "scene",
    command: () => build(glProgramNamed("gl_scene")),
    args: ["0", "640", "480"],
    runMs: 2500,
    rate: /([\d.]+) frames per second/,
  },
];

const WAYS = ["direct", "forwarded"] as const;
type Way = (typeof WAYS)[number];

interface Rendered {
  readonly fps: number | undefined;
  readonly picture: string;
}

/** What set-up installs in a checkout, and an admin may not want on a host. */
const PACKAGES = "apt-get install xvfb mesa-utils libegl1 libgl1-mesa-dri";

export interface RenderTour {
  /** A line a program. */
  readonly table: string;
  /** What did not work, in words; [] where everything did. */
  readonly failures: readonly string[];
  /** What this machine does not have, so that a program cannot draw here directly either. */
  readonly lacks: readonly string[];
  readonly pictures: number;
}

/** Renders each demo both ways, as a guest of the server at `host`, and saves `NAME-WAY.png` among the pictures. */
export async function renderTour(
  host: string,
  quick: boolean,
  onDemo: (name: string) => void,
): Promise<RenderTour> {
  let display: Display;
  try {
    display = await startDisplay();
  } catch (error) {
    if (!BUNDLED) throw error;
    return { table: "", failures: [], pictures: 0, lacks: [`not here: no Xvfb (${PACKAGES})`] };
  }
  // A bundle's may be a directory of the admin's own.
  if (!BUNDLED) rmSync(PICTURES, { recursive: true, force: true });
  const rows: string[][] = [];
  const failures: string[] = [];
  const lacks: string[] = [];
  let pictures = 0;
  try {
    for (const demo of DEMOS) {
      onDemo(demo.name);
      const lack = BUNDLED ? await whatItLacks(demo, display) : undefined;
      if (lack !== undefined) {
        lacks.push(`${demo.name} cannot draw here: ${lack} (${PACKAGES})`);
        continue;
      }
      const seen: Partial<Record<Way, Rendered>> = {};
      for (const way of WAYS) {
        const env =
          way === "direct" ? directGlEnv(display.name) : forwardedGlEnv(host, display.name);
        try {
          seen[way] = await render(demo, way, env, display, quick);
          pictures++;
        } catch (error) {
          failures.push(`${demo.name}, ${way}: ${error instanceof Error ? error.message : error}`);
        }
      }
      rows.push(rowOf(demo, seen));
    }
  } finally {
    await display.stop();
  }
  const header = ["program", "direct", "forwarded", "ratio", "picture"];
  const align = ["left", "right", "right", "right", "left"] as const;
  return {
    table: rows.length === 0 ? "" : table(header, rows, align),
    failures,
    lacks,
    pictures,
  };
}

/** Why a demo does not even begin to draw directly; undefined where it does. */
async function whatItLacks(demo: Demo, display: Display): Promise<string | undefined> {
  const aMoment = { args: demo.args, timeoutMs: 2000 };
  try {
    const said = await runProgram(await demo.command(), directGlEnv(display.name), aMoment);
    if (said.signal === "SIGKILL") return undefined; // it was drawing
    return said.stderr.trim().split("\n").at(-1) || `it ends with ${said.exitCode}`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

async function render(
  demo: Demo,
  way: Way,
  env: Record<string, string>,
  display: Display,
  quick: boolean,
): Promise<Rendered> {
  const settleMs = quick ? 200 : 1000;
  const seen = await watch(await demo.command(), {
    args: demo.args,
    env,
    display: display.name,
    settleMs,
    goOnMs: quick ? 0 : demo.runMs - settleMs,
  });
  const rate = demo.rate.exec(seen.stdout + seen.stderr)?.[1];
  const picture = path.join(PICTURES, `${demo.name}-${way}.png`);
  writePng(picture, seen.image);
  return { fps: rate === undefined ? undefined : Number(rate), picture };
}

function rowOf(demo: Demo, { direct, forwarded }: Partial<Record<Way, Rendered>>): string[] {
  const rate = (of: Rendered | undefined) =>
    of === undefined ? "failed" : of.fps === undefined ? "–" : `${of.fps.toFixed(0)} fps`;
  const both = direct?.fps !== undefined && forwarded?.fps !== undefined;
  return [
    demo.name,
    rate(direct),
    rate(forwarded),
    both ? (forwarded.fps! / direct.fps!).toFixed(2) : "–",
    forwarded === undefined ? "none" : path.relative(process.cwd(), forwarded.picture),
  ];
}
