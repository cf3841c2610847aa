import { expect, test } from "vitest";
import type { Demand } from "../scheduler/fair.ts";
import { GrantLoop, type MeteredPage, type Timer } from "./grant-loop.ts";

class ManualTimer implements Timer {
  pending: { ms: number; callback: () => void } | undefined;

  after(ms: number, callback: () => void): () => void {
    this.pending = { ms, callback };
    return () => {
      this.pending = undefined;
    };
  }

  fire(): void {
    const { pending } = this;
    this.pending = undefined;
    pending?.callback();
  }
}

class Page implements MeteredPage {
  state: Demand = { usedNs: 0, wants: true };
  grants: number[] = [];

  grant(grantedNs: number): void {
    this.grants.push(grantedNs);
  }

  demand(): Demand {
    return this.state;
  }
}

const options = { tickMs: 5, idleTickMs: 25, leadMs: 10 };

test("one session alone has no timer and no grant is ever written", () => {
  const timer = new ManualTimer();
  const loop = new GrantLoop(options, timer);
  const page = new Page();
  loop.attach(1, page, 1, [0]);
  expect(timer.pending).toBeUndefined();
  loop.detach(1);
  expect(timer.pending).toBeUndefined();
  expect(page.grants).toEqual([]);
});

test("two competing sessions are gated, and the one that stays is freed at once", () => {
  const timer = new ManualTimer();
  const loop = new GrantLoop(options, timer);
  const [a, b] = [new Page(), new Page()];
  loop.attach(1, a, 1, [0]);
  loop.attach(2, b, 1, [0]);
  expect(a.grants).toEqual([10e6]);
  expect(b.grants).toEqual([10e6]);
  expect(timer.pending?.ms).toBe(5);
  loop.detach(2);
  expect(a.grants.at(-1)).toBe(Number.POSITIVE_INFINITY);
  expect(timer.pending).toBeUndefined();
});

test("ticks are rare while one session is idle, and frequent once it wants", () => {
  const timer = new ManualTimer();
  const loop = new GrantLoop(options, timer);
  const [a, b] = [new Page(), new Page()];
  b.state = { usedNs: 0, wants: false };
  loop.attach(1, a, 1, [0]);
  loop.attach(2, b, 1, [0]);
  expect(timer.pending?.ms).toBe(25);
  expect(a.grants).toEqual([]);
  b.state = { usedNs: 0, wants: true };
  timer.fire();
  expect(timer.pending?.ms).toBe(5);
  loop.stop();
  expect(timer.pending).toBeUndefined();
});
