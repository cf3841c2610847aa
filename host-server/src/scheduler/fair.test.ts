import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { FairScheduler } from "./fair.ts";
import { type SimulatedSession, simulate } from "./simulation.ts";

const ms = 1_000_000;
const options = { durationNs: 2000 * ms, tickNs: 5 * ms, leadNs: 10 * ms };
const always = () => true;

/** Busy for the first `share` of every period. */
const duty = (share: number, periodNs: number) => (now: number) =>
  now % periodNs < share * periodNs;

function shares(sessions: readonly SimulatedSession[], with_ = options) {
  const { usedNs } = simulate(sessions, with_);
  const sum = Object.values(usedNs).reduce((a, b) => a + b, 0);
  return Object.fromEntries(Object.entries(usedNs).map(([id, ns]) => [id, ns / sum]));
}

describe("shares", () => {
  test("two hungry sessions of weights 1 and 3 get a quarter and three quarters", () => {
    const got = shares([
      { id: "a", weight: 1, wants: always },
      { id: "b", weight: 3, wants: always },
    ]);
    expect(got.a).toBeCloseTo(0.25, 2);
    expect(got.b).toBeCloseTo(0.75, 2);
  });

  test("hungry sessions keep to their weights, whatever these and their kernels are", () => {
    const session = fc.record({
      weight: fc.integer({ min: 1, max: 10 }),
      kernelNs: fc.constantFrom(0, ms / 2, 3 * ms, 8 * ms),
    });
    fc.assert(
      fc.property(fc.array(session, { minLength: 2, maxLength: 6 }), (drawn) => {
        const sessions = drawn.map((s, i) => ({ ...s, id: `s${i}`, wants: always }));
        const { usedNs } = simulate(sessions, options);
        // How far a tag may be from the least: the lead, one kernel, one tick.
        const tags = sessions.map((s) => (usedNs[s.id] ?? 0) / s.weight);
        const least = Math.min(...tags);
        for (const [i, s] of sessions.entries()) {
          const ahead = ((tags[i] ?? 0) - least) * s.weight;
          expect(ahead).toBeLessThanOrEqual(options.leadNs + s.kernelNs + options.tickNs);
        }
      }),
      { numRuns: 60 },
    );
  });

  test("a session that launches and waits in turn keeps its share against one that never pauses", () => {
    const got = shares([
      { id: "a", weight: 1, wants: always },
      { id: "b", weight: 3, wants: duty(0.9, 1 * ms), kernelNs: ms / 2 },
    ]);
    expect(got.b).toBeGreaterThan(0.68);
  });
});

describe("work is conserved", () => {
  test("hungry sessions leave no device idle", () => {
    const weights = fc.array(fc.integer({ min: 1, max: 10 }), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(weights, (drawn) => {
        const sessions = drawn.map((weight, i) => ({ id: `s${i}`, weight, wants: always }));
        const { wastedNs } = simulate(sessions, options);
        expect(wastedNs / options.durationNs).toBeLessThan(0.02);
      }),
      { numRuns: 40 },
    );
  });

  test.each([
    [0.1, 9],
    [0.3, 1],
    [0.5, 9],
    [0.6, 3],
  ])("what a session of duty %d and weight %d leaves, another gets", (share, weight) => {
    const { wastedNs } = simulate(
      [
        { id: "a", weight: 1, wants: always },
        { id: "b", weight, wants: duty(share, 50 * ms) },
      ],
      options,
    );
    expect(wastedNs / options.durationNs).toBeLessThan(0.1);
  });

  test("what was borrowed meanwhile is not held against the borrower for long", () => {
    const { history } = simulate(
      [
        { id: "a", weight: 1, wants: always },
        { id: "b", weight: 3, wants: (now) => now > 1000 * ms || duty(0.5, 50 * ms)(now) },
      ],
      options,
    );
    const used = (tenth: number) => history[tenth]?.a ?? 0;
    expect(used(9) / (900 * ms)).toBeGreaterThan(0.35); // of the half that b left
    expect((used(19) - used(11)) / (800 * ms)).toBeGreaterThan(0.2); // a fair quarter afterwards
  });

  test("who is alone is never gated", () => {
    const scheduler = new FairScheduler<string>(options);
    scheduler.add("a", 1, [0]);
    scheduler.add("idle", 5, [0]);
    scheduler.add("elsewhere", 5, [1]);
    for (let usedNs = 0; usedNs < 100 * ms; usedNs += 5 * ms) {
      const { grants, contended } = scheduler.tick(
        new Map([
          ["a", { usedNs, wants: true }],
          ["elsewhere", { usedNs, wants: true }],
        ]),
      );
      expect(contended).toBe(false);
      for (const grant of grants) expect(grant.grantedNs).toBe(Number.POSITIVE_INFINITY);
    }
  });
});

describe("no banking", () => {
  test("who was idle for a second gets its share from then on, and no more", () => {
    const { history } = simulate(
      [
        { id: "a", weight: 1, wants: always },
        { id: "b", weight: 1, wants: (now) => now > 1000 * ms },
      ],
      options,
    );
    const before = history[11]?.a ?? 0;
    const after = history[16]?.a ?? 0;
    expect((after - before) / (500 * ms)).toBeGreaterThan(0.45);
  });

  test("a new session does not start at zero", () => {
    const scheduler = new FairScheduler<string>(options);
    scheduler.add("old", 1, [0]);
    scheduler.tick(new Map([["old", { usedNs: 0, wants: true }]]));
    scheduler.tick(new Map([["old", { usedNs: 9000 * ms, wants: true }]]));
    scheduler.add("new", 1, [0]);
    const tick = scheduler.tick(
      new Map([
        ["old", { usedNs: 9000 * ms, wants: true }],
        ["new", { usedNs: 0, wants: true }],
      ]),
    );
    const granted = Object.fromEntries(tick.grants.map((g) => [g.id, g.grantedNs]));
    expect(granted).toEqual({ old: 9010 * ms, new: 10 * ms });
  });
});

test("overshoot is at most one kernel", () => {
  const kernels = fc.constantFrom(0, ms / 2, 4 * ms, 20 * ms);
  fc.assert(
    fc.property(kernels, kernels, (a, b) => {
      const { overshootNs } = simulate(
        [
          { id: "a", weight: 1, wants: always, kernelNs: a },
          { id: "b", weight: 4, wants: always, kernelNs: b },
        ],
        options,
      );
      // A tenth of a millisecond is the simulation's step.
      expect(overshootNs).toBeLessThanOrEqual(Math.max(a, b) + ms / 10);
    }),
  );
});

test("grants never fall while a device stays crowded", () => {
  const scheduler = new FairScheduler<string>(options);
  scheduler.add("a", 1, [0]);
  scheduler.add("b", 3, [0]);
  const used = { a: 0, b: 0 };
  const last = { a: 0, b: 0 };
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 10 * ms }),
      fc.integer({ min: 0, max: 10 * ms }),
      (a, b) => {
        used.a += a;
        used.b += b;
        const tick = scheduler.tick(
          new Map([
            ["a", { usedNs: used.a, wants: true }],
            ["b", { usedNs: used.b, wants: true }],
          ]),
        );
        for (const { id, grantedNs } of tick.grants) {
          const key = id as "a" | "b";
          expect(grantedNs).toBeGreaterThanOrEqual(
            Math.max(used[key], Math.min(last[key], used[key])),
          );
          last[key] = grantedNs;
        }
      },
    ),
  );
});
