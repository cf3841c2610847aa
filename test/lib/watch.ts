/** Runs a program that draws until it is stopped, and looks at its window meanwhile. */
import { execFile, spawn } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { build } from "./build.ts";
import { SNAPSHOT } from "./gl-manifest.ts";
import { colours, type Image, parsePpm } from "./image.ts";
import { until } from "./wait.ts";

const run = promisify(execFile);

export interface XWindow {
  readonly id: string;
  readonly width: number;
  readonly height: number;
  readonly name: string;
}

/** The top-level windows that `display` shows, from the lowest to the topmost. */
export async function windowsOf(display: string): Promise<XWindow[]> {
  const { stdout } = await run(await build(SNAPSHOT), ["list"], { env: xEnv(display) });
  return stdout
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => {
      const [id = "", width, height, ...name] = line.split(" ");
      return { id, width: Number(width), height: Number(height), name: name.join(" ") };
    });
}

/** The pixels of a window, as X has them now. Rejects where it is gone. */
export async function grab(display: string, id: string): Promise<Image> {
  const { stdout } = await run(await build(SNAPSHOT), ["grab", id], {
    encoding: "buffer",
    env: xEnv(display),
    maxBuffer: 1 << 28,
  });
  return parsePpm(stdout);
}

function xEnv(display: string): NodeJS.ProcessEnv {
  return { ...process.env, DISPLAY: display };
}

export interface Watched {
  /** Of the program's largest window. */
  readonly image: Image;
  readonly stdout: string;
  readonly stderr: string;
}

export interface WatchOptions {
  readonly args?: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly display: string;
  /** From the window's first picture until the one that is kept. */
  readonly settleMs?: number;
  /** From the picture until the program is stopped; 0 unless said. */
  readonly goOnMs?: number;
}

const APPEAR_MS = 30_000;

/**
 * Waits until a window shows more than one colour, and then as long as it is told. Rejects where the program ends
 * first, or shows nothing.
 */
export async function watch(command: string, options: WatchOptions): Promise<Watched> {
  const before = new Set((await windowsOf(options.display)).map(({ id }) => id));
  const child = spawn(command, options.args ?? [], {
    detached: true,
    env: { ...process.env, ...options.env, DISPLAY: options.display },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const streams = { stdout: "", stderr: "" };
  let ended: string | undefined;
  for (const name of ["stdout", "stderr"] as const) {
    child[name].setEncoding("utf8").on("data", (text: string) => {
      streams[name] += text;
    });
  }
  child.on("error", (error) => {
    ended = error.message;
  });
  const exited = new Promise<void>((resolve) =>
    child.on("close", (code, signal) => {
      ended = `${command} ended: ${signal ?? `exit ${code}`}`;
      resolve();
    }),
  );
  const look = async () => {
    if (ended !== undefined) throw new Error(`${ended}\n${streams.stdout}${streams.stderr}`);
    const windows = (await windowsOf(options.display)).filter(({ id }) => !before.has(id));
    const largest = windows.sort((a, b) => b.width * b.height - a.width * a.height)[0];
    if (largest === undefined) return undefined;
    const image = await grab(options.display, largest.id);
    return colours(image, 2) > 1 ? image : undefined;
  };
  try {
    await until(`${command} shows something`, look, APPEAR_MS);
    await sleep(options.settleMs ?? 500);
    const image = await until(`${command} still shows something`, look, APPEAR_MS);
    await sleep(options.goOnMs ?? 0);
    return { image, ...streams };
  } finally {
    if (child.pid !== undefined) killGroup(child.pid);
    if (child.pid !== undefined) await exited;
  }
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // it has ended by itself
  }
}
