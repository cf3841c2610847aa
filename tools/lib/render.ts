/** quickstart's second half: OpenGL programs in a virtual X server, directly and forwarded, with pictures of their windows. */
import { rmSync } from "node:fs";
import path from "node:path";
import { build } from "../../test/lib/build.ts";
import { type Display, startDisplay } from "../../test/lib/display.ts";
import { directGlEnv, forwardedGlEnv } from "../../test/lib/gl.ts";
import { glProgramNamed } from "../../test/lib/gl-manifest.ts";
import { writePng } from "../../test/lib/image.ts";
import { ROOT } from "../../test/lib/paths.ts";
import { watch } from "../../test/lib/watch.ts";
import { table } from "./table.ts";

export const PICTURES = path.join(ROOT, "build/quickstart");

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

export interface RenderTour {
  /** A line a program. */
  readonly table: string;
  /** What did not work, in words; [] where everything did. */
  readonly failures: readonly string[];
}

/** Renders each demo both ways, as a guest of the server at `host`, and saves `build/quickstart/NAME-WAY.png`. */
export async function renderTour(
  host: string,
  onDemo: (name: string) => void,
): Promise<RenderTour> {
  rmSync(PICTURES, { recursive: true, force: true });
  const display = await startDisplay();
  const rows: string[][] = [];
  const failures: string[] = [];
  try {
    for (const demo of DEMOS) {
      onDemo(demo.name);
      const seen: Partial<Record<Way, Rendered>> = {};
      for (const way of WAYS) {
        const env =
          way === "direct" ? directGlEnv(display.name) : forwardedGlEnv(host, display.name);
        try {
          seen[way] = await render(demo, way, env, display);
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
  return { table: table(header, rows, ["left", "right", "right", "right", "left"]), failures };
}

async function render(
  demo: Demo,
  way: Way,
  env: Record<string, string>,
  display: Display,
): Promise<Rendered> {
  const settleMs = 1000;
  const seen = await watch(await demo.command(), {
    args: demo.args,
    env,
    display: display.name,
    settleMs,
    goOnMs: demo.runMs - settleMs,
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
    forwarded === undefined ? "none" : path.relative(ROOT, forwarded.picture),
  ];
}
