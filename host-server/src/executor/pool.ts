// Executors started ahead of need, so that a guest's first call does not wait for a process to load
// its driver.
import type { Backend } from "../model/device.ts";
import { asError, GpuferryError } from "../model/errors.ts";
import type { Logger } from "../model/log.ts";
import type { ExecutorProcess } from "./process.ts";

export interface PoolOptions {
  /** How many stand ready while nobody asks. */
  readonly spares: number;
  /** How long after a spare was taken the next is started; Infinity: not at all. */
  readonly refillMs: number;
  /** How long after a spare was lost the next is started. */
  readonly retryMs: number;
}

export class ExecutorPool {
  readonly #start: (devices?: readonly number[]) => ExecutorProcess;
  readonly #options: PoolOptions;
  readonly #log: Logger;
  readonly #spares: ExecutorProcess[] = [];
  readonly #alive = new Set<ExecutorProcess>();
  readonly #ready = new Set<ExecutorProcess>();
  #backend: Backend | undefined;
  #lastFailure: string | undefined;
  #later: NodeJS.Timeout | undefined;
  #closed = false;

  /** `start` is given the devices of an executor that must not see all of them. */
  constructor(
    start: (devices?: readonly number[]) => ExecutorProcess,
    options: PoolOptions,
    log: Logger,
  ) {
    this.#start = start;
    this.#options = options;
    this.#log = log;
  }

  /** What the last executor that came up reported. */
  get backend(): Backend | undefined {
    return this.#backend;
  }

  /** Why the last start failed, unless one has succeeded since. */
  get lastFailure(): string | undefined {
    return this.#lastFailure;
  }

  get spareCount(): number {
    return this.#spares.length;
  }

  /** Starts spares until there are enough. */
  fill(): void {
    while (!this.#closed && this.#spares.length < this.#options.spares) {
      const spare = this.#launch();
      this.#spares.push(spare);
      void spare.ended.then(() => this.#lost(spare));
    }
  }

  /**
   * An executor that has loaded its driver: a spare where there is one. Its replacement comes a little
   * later, so that it does not compete with the guest's first calls for the processor.
   * @throws GpuferryError GF_EXECUTOR
   */
  async take(): Promise<{ executor: ExecutorProcess; backend: Backend }> {
    if (this.#closed) throw new GpuferryError("GF_EXECUTOR", "the server is stopping");
    const executor = this.#spares.shift() ?? this.#launch();
    this.#fillLater(this.#options.refillMs);
    const backend = await executor.ready;
    return { executor, backend };
  }

  /**
   * A spare that has loaded its drivers, if one stands there; for who has another way. Either way there
   * are to be spares from now on.
   */
  takeReady(): ExecutorProcess | undefined {
    this.#fillLater(this.#options.refillMs);
    const index = this.#spares.findIndex((spare) => this.#ready.has(spare));
    return index < 0 ? undefined : this.#spares.splice(index, 1)[0];
  }

  /** An executor that sees `devices` alone, started for the occasion. @throws GpuferryError GF_EXECUTOR */
  async takeRestricted(devices: readonly number[]): Promise<ExecutorProcess> {
    if (this.#closed) throw new GpuferryError("GF_EXECUTOR", "the server is stopping");
    const executor = this.#launch(devices);
    await executor.ready;
    return executor;
  }

  /** Settles with the backend once an executor has come up. @throws GpuferryError GF_EXECUTOR */
  async probe(): Promise<Backend> {
    if (this.#backend !== undefined) return this.#backend;
    if (this.#spares[0] !== undefined) return this.#spares[0].ready;
    const { executor, backend } = await this.take();
    executor.end("probed");
    return backend;
  }

  /** Ends every spare and waits until all executors are gone. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#later);
    for (const spare of this.#spares.splice(0)) spare.end("server-stopped");
    await Promise.all([...this.#alive].map((executor) => executor.ended));
  }

  #launch(devices?: readonly number[]): ExecutorProcess {
    const executor = this.#start(devices);
    this.#alive.add(executor);
    void executor.ended.then(() => {
      this.#alive.delete(executor);
      this.#ready.delete(executor);
    });
    executor.ready.then(
      (backend) => {
        this.#ready.add(executor);
        if (devices === undefined) this.#backend = backend;
        this.#lastFailure = undefined;
      },
      (thrown) => this.#failed(asError(thrown)),
    );
    return executor;
  }

  #failed(error: Error): void {
    if (this.#closed) return;
    if (error.message !== this.#lastFailure)
      this.#log.error({ why: error.message }, "an executor did not start");
    this.#lastFailure = error.message;
    // Not at once: one that dies as soon as it is up must not become a loop of processes.
    this.#fillLater(this.#options.retryMs);
  }

  #lost(spare: ExecutorProcess): void {
    const index = this.#spares.indexOf(spare);
    if (index < 0) return;
    this.#spares.splice(index, 1);
    this.#fillLater(this.#options.retryMs);
  }

  #fillLater(delayMs: number): void {
    if (this.#closed || delayMs === Number.POSITIVE_INFINITY) return;
    this.#later ??= setTimeout(() => {
      this.#later = undefined;
      this.fill();
    }, delayMs).unref();
  }
}
