/** The guest that does as it is told (test/programs/driver/puppet.c), seen from a test. */
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { build } from "./build.ts";
import type { Program } from "./manifest.ts";
import { forwardedEnv } from "./run.ts";
import type { Server } from "./server.ts";

export const PUPPET: Program = {
  name: "puppet",
  shows: "does as it is told",
  sources: ["driver/puppet.c"],
  data: ["driver/kernels.ptx"],
};

export interface Answer {
  /** The CUresult of the last call. */
  readonly code: number;
  /** How many kernels, where the command counts them. */
  readonly count: number;
}

export class Puppet {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #lines: AsyncIterator<string>;
  readonly exited: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  #stderr = "";

  private constructor(child: ChildProcessWithoutNullStreams) {
    this.#child = child;
    this.#lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      this.#stderr += text;
    });
    child.stdin.on("error", () => {}); // it may die while it is spoken to; `exited` says so
    this.exited = new Promise((resolve) => {
      child.once("exit", (code, signal) => resolve({ code, signal }));
    });
  }

  /** A guest of `server` that has done nothing yet; `env` may name a tenant and a weight. */
  static async start(
    server: Pick<Server, "host">,
    env: Readonly<Record<string, string>> = {},
  ): Promise<Puppet> {
    const executable = await build(PUPPET);
    const child = spawn(executable, [], {
      env: { ...process.env, ...forwardedEnv(server.host), ...env },
    });
    return new Puppet(child);
  }

  get pid(): number {
    return this.#child.pid ?? -1;
  }

  get stderr(): string {
    return this.#stderr;
  }

  /** Waits for the answer. Rejects if the guest ends instead. */
  async tell(command: string): Promise<Answer> {
    this.#child.stdin.write(`${command}\n`);
    const { value, done } = await this.#lines.next();
    if (done === true) throw new Error(`the guest ended during "${command}":\n${this.#stderr}`);
    const [code = "", count = ""] = value.split(" ");
    if (!/^\d+$/.test(code)) throw new Error(`"${command}" was answered "${value}"`);
    return { code: Number(code), count: Number(count) };
  }

  /** As `tell`, for commands that end the guest. */
  say(command: string): void {
    this.#child.stdin.write(`${command}\n`);
  }

  kill(signal: NodeJS.Signals = "SIGKILL"): void {
    this.#child.kill(signal);
  }
}
