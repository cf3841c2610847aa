/** One benchmark process (benchmarks/native/common/worker.h) that measures when it is told to. */
import { type ChildProcessByStdio, spawn } from "node:child_process";
import { createInterface, type Interface } from "node:readline";
import type { Readable, Writable } from "node:stream";

export interface Samples {
  readonly name: string;
  readonly samples_ns: readonly number[];
  readonly calls: number;
  readonly voluntary_switches: number;
}

export class Worker {
  readonly #child: ChildProcessByStdio<Writable, Readable, null>;
  readonly #lines: Interface;
  readonly #pending: { resolve(line: string): void; reject(error: Error): void }[] = [];
  readonly #label: string;
  readonly #gone: Promise<void>;
  readonly pid: number;

  constructor(label: string, program: string, env: Readonly<Record<string, string>>) {
    this.#label = label;
    this.#child = spawn(program, [], {
      env: { ...process.env, ...env },
      stdio: ["pipe", "pipe", "inherit"],
    });
    this.pid = this.#child.pid ?? 0;
    this.#lines = createInterface({ input: this.#child.stdout });
    this.#lines.on("line", (line) => this.#pending.shift()?.resolve(line));
    this.#child.stdin.on("error", () => {}); // told again, and better, by what follows
    this.#gone = new Promise((resolve) => {
      const fail = (why: string) => {
        for (const { reject } of this.#pending.splice(0)) reject(new Error(`${label}: ${why}`));
        resolve();
      };
      this.#child.on("error", (error) => fail(error.message));
      this.#child.on("exit", (code, signal) => fail(`the worker ended (${signal ?? code})`));
    });
  }

  /** @throws Error when the worker ends, has no such case, or takes longer than `timeoutMs` */
  async measure(
    name: string,
    samples: number,
    argument = "",
    timeoutMs = 60_000,
  ): Promise<Samples> {
    const timer = setTimeout(() => this.#child.kill("SIGKILL"), timeoutMs);
    try {
      const line = await new Promise<string>((resolve, reject) => {
        if (this.#child.exitCode !== null || this.#child.signalCode !== null) {
          reject(new Error(`${this.#label}: the worker is gone`));
          return;
        }
        this.#pending.push({ resolve, reject });
        this.#child.stdin.write(`${name} ${samples} ${argument}\n`);
      });
      const answer = JSON.parse(line) as Samples & { error?: string };
      if (answer.error !== undefined) throw new Error(`${this.#label}: ${name}: ${answer.error}`);
      return answer;
    } finally {
      clearTimeout(timer);
    }
  }

  async stop(): Promise<void> {
    this.#child.stdin.end();
    const late = setTimeout(() => this.#child.kill("SIGKILL"), 5_000);
    await this.#gone;
    clearTimeout(late);
  }
}
