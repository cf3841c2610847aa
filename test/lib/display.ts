/** An X server of a test's own, without a screen: what a guest's windows appear on, and how to look at them. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import type { Readable } from "node:stream";

export interface Display {
  /** What a program's DISPLAY says, e.g. ":7". */
  readonly name: string;
  /** The X server is gone when this resolves. */
  stop(): Promise<void>;
}

const START_TIMEOUT_MS = 20_000;
const STOP_TIMEOUT_MS = 5_000;

export interface DisplayOptions {
  readonly width?: number;
  readonly height?: number;
  /** Of the root window; 24 unless said. */
  readonly depth?: number;
  /** Extensions that this server shall lack, e.g. "MIT-SHM". */
  readonly without?: readonly string[];
}

/** Starts Xvfb on a free display, with MIT-SHM and GLX unless told otherwise, without TCP. Rejects where there is none, or it does not come up. */
export async function startDisplay(options: DisplayOptions = {}): Promise<Display> {
  const { width = 1920, height = 1200, depth = 24, without = [] } = options;
  const args = ["-displayfd", "3", "-screen", "0", `${width}x${height}x${depth}`, "-noreset"];
  args.push("-nolisten", "tcp");
  for (const extension of ["MIT-SHM", "GLX"])
    args.push(without.includes(extension) ? "-extension" : "+extension", extension);
  const child = spawn("Xvfb", args, { stdio: ["ignore", "ignore", "pipe", "pipe"] });
  let said = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    said += text;
  });
  const gone = new Promise<void>((resolve) => {
    child.once("exit", () => resolve());
    child.once("error", (error: NodeJS.ErrnoException) => {
      said += error.code === "ENOENT" ? "there is no Xvfb; `npm run setup`" : error.message;
      resolve();
    });
  });
  const number = await Promise.race([displayNumber(child), gone.then(() => undefined)]);
  if (number === undefined) {
    child.kill("SIGKILL");
    throw new Error(`no virtual X server: ${said}`);
  }
  return {
    name: `:${number}`,
    stop: async () => {
      child.kill("SIGTERM");
      const late = setTimeout(() => child.kill("SIGKILL"), STOP_TIMEOUT_MS);
      await gone;
      clearTimeout(late);
    },
  };
}

/** The server writes its number, and a line's end, once it takes connections. */
async function displayNumber(child: ChildProcess): Promise<string | undefined> {
  const pipe = child.stdio[3] as Readable;
  let text = "";
  pipe.setEncoding("utf8").on("data", (more: string) => {
    text += more;
  });
  const deadline = AbortSignal.timeout(START_TIMEOUT_MS);
  try {
    while (!text.includes("\n")) await once(pipe, "data", { signal: deadline });
    return text.trim();
  } catch {
    return undefined;
  }
}
