/** A guest that draws until it is killed (test/programs/gl/scene.c), and tells how far it has come. */
import { type ChildProcessByStdio, spawn } from "node:child_process";
import type { Readable } from "node:stream";
import { build } from "./build.ts";
import { forwardedGlEnv } from "./gl.ts";
import { glProgramNamed } from "./gl-manifest.ts";
import type { Program } from "./manifest.ts";
import type { Server } from "./server.ts";
import { until } from "./wait.ts";

export class GlGuest {
  readonly #child: ChildProcessByStdio<null, Readable, Readable>;
  readonly exited: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  #stdout = "";
  #stderr = "";

  private constructor(child: ChildProcessByStdio<null, Readable, Readable>) {
    this.#child = child;
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      this.#stdout += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      this.#stderr += text;
    });
    this.exited = new Promise((resolve) => {
      child.once("exit", (code, signal) => resolve({ code, signal }));
    });
  }

  static async start(
    server: Pick<Server, "host">,
    display: string,
    program: Program = glProgramNamed("gl_scene"),
  ): Promise<GlGuest> {
    const executable = await build(program);
    const child = spawn(executable, ["0"], {
      env: { ...process.env, ...forwardedGlEnv(server.host, display) },
      stdio: ["ignore", "pipe", "pipe"],
    });
    return new GlGuest(child);
  }

  get pid(): number {
    return this.#child.pid ?? -1;
  }

  get stdout(): string {
    return this.#stdout;
  }

  get stderr(): string {
    return this.#stderr;
  }

  /** The number of the last frame it told of, and glGetError's answer then; undefined before the first. */
  get last(): { readonly frame: number; readonly error: number } | undefined {
    const line = /(\d+) 0x([0-9a-f]+)\n$/.exec(this.#stdout);
    return line === null
      ? undefined
      : { frame: Number(line[1]), error: Number.parseInt(line[2]!, 16) };
  }

  /** Waits until it has drawn `frames` more without an error. */
  async draws(frames: number, timeoutMs: number): Promise<void> {
    const from = this.last?.frame ?? 0;
    await until(
      `the guest draws ${frames} frames\n${this.#stderr}`,
      () => {
        const now = this.last;
        if (now !== undefined && now.error !== 0) throw new Error(`GL error ${now.error}`);
        return now !== undefined && now.frame >= from + frames;
      },
      timeoutMs,
    );
  }

  kill(signal: NodeJS.Signals = "SIGKILL"): void {
    this.#child.kill(signal);
  }
}
