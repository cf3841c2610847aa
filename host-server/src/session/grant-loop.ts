// Runs the scheduler against real grant pages: a tick samples every page, asks the scheduler, and
// writes what changed. While fewer than two sessions live there is no timer at all.
import { type Demand, FairScheduler } from "../scheduler/fair.ts";

/** What the loop needs of a grant page. */
export interface MeteredPage {
  /** Infinity: not gated. */
  grant(grantedNs: number): void;
  demand(): Demand;
}

export interface Timer {
  /** Calls back once after `ms`; returns how to cancel it. */
  after(ms: number, callback: () => void): () => void;
}

export const systemTimer: Timer = {
  after(ms, callback) {
    const timeout = setTimeout(callback, ms);
    return () => clearTimeout(timeout);
  },
};

export interface LoopOptions {
  /** Between ticks while a device is contended. */
  readonly tickMs: number;
  /** Between looks whether one has become so. */
  readonly idleTickMs: number;
  /** How far a session may run ahead of its share, in GPU time of its own. */
  readonly leadMs: number;
}

const nsPerMs = 1e6;

export class GrantLoop {
  readonly #scheduler: FairScheduler<number>;
  readonly #options: LoopOptions;
  readonly #timer: Timer;
  readonly #pages = new Map<number, { page: MeteredPage; grantedNs: number }>();
  #cancel: (() => void) | undefined;

  constructor(options: LoopOptions, timer: Timer = systemTimer) {
    this.#options = options;
    this.#timer = timer;
    this.#scheduler = new FairScheduler({
      leadNs: options.leadMs * nsPerMs,
      tickNs: options.tickMs * nsPerMs,
    });
  }

  attach(sessionId: number, page: MeteredPage, weight: number, devices: readonly number[]): void {
    this.#scheduler.add(sessionId, weight, devices);
    this.#pages.set(sessionId, { page, grantedNs: Number.POSITIVE_INFINITY });
    if (this.#pages.size > 1 && this.#cancel === undefined) this.#tick();
  }

  detach(sessionId: number): void {
    if (!this.#pages.delete(sessionId)) return;
    this.#scheduler.remove(sessionId);
    // At once, so that those who waited for the one that left do not wait for a tick.
    this.#tick();
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    this.#pages.clear();
  }

  #tick(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    const demands = new Map<number, Demand>();
    for (const [id, { page }] of this.#pages) demands.set(id, page.demand());
    const { grants, contended } = this.#scheduler.tick(demands);
    for (const { id, grantedNs } of grants) {
      const metered = this.#pages.get(id);
      if (metered === undefined || metered.grantedNs === grantedNs) continue;
      metered.grantedNs = grantedNs;
      metered.page.grant(grantedNs);
    }
    if (this.#pages.size > 1) {
      const pauseMs = contended ? this.#options.tickMs : this.#options.idleTickMs;
      this.#cancel = this.#timer.after(pauseMs, () => this.#tick());
    }
  }
}
