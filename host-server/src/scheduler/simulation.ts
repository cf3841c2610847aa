// A device to try schedulers on: it shares itself equally among all sessions that have work and
// grant left, as a GPU's own time slicing does, and runs kernels that cannot be interrupted.
import { FairScheduler } from "./fair.ts";

export interface SimulatedSession {
  readonly id: string;
  readonly weight: number;
  readonly devices?: readonly number[];
  /** Whether it has work at a time in ns. */
  readonly wants: (nowNs: number) => boolean;
  /** Length of one kernel; GPU time is reported when it ends. 0: infinitely divisible. */
  readonly kernelNs?: number;
}

export interface Result {
  readonly usedNs: Record<string, number>;
  /** Device time during which nobody ran although somebody had work. */
  readonly wastedNs: number;
  /** Largest amount by which any session went beyond its grant. */
  readonly overshootNs: number;
  /** Usage of each session in each 100 ms. */
  readonly history: Record<string, number>[];
}

const stepNs = 100_000;
const historyNs = 100_000_000;

export function simulate(
  sessions: readonly SimulatedSession[],
  options: { durationNs: number; tickNs: number; leadNs: number },
): Result {
  const scheduler = new FairScheduler<string>({ tickNs: options.tickNs, leadNs: options.leadNs });
  const state = sessions.map((session) => {
    scheduler.add(session.id, session.weight, session.devices ?? [0]);
    return { session, usedNs: 0, runningNs: 0, grantedNs: Number.POSITIVE_INFINITY };
  });
  let wastedNs = 0;
  let overshootNs = 0;
  const history: Record<string, number>[] = [];
  const usage = () => Object.fromEntries(state.map((s) => [s.session.id, s.usedNs]));

  for (let now = 0; now < options.durationNs; now += stepNs) {
    if (now % options.tickNs === 0) {
      const demands = new Map(
        state.map((s) => [
          s.session.id,
          { usedNs: s.usedNs, wants: s.session.wants(now) || s.runningNs > 0 },
        ]),
      );
      for (const grant of scheduler.tick(demands).grants) {
        const entry = state.find((s) => s.session.id === grant.id);
        if (entry !== undefined) entry.grantedNs = grant.grantedNs;
      }
    }
    for (const ordinal of new Set(state.flatMap((s) => s.session.devices ?? [0]))) {
      const here = state.filter((s) => (s.session.devices ?? [0]).includes(ordinal));
      const willing = here.filter((s) => s.runningNs > 0 || s.session.wants(now));
      const able = willing.filter((s) => s.runningNs > 0 || s.usedNs < s.grantedNs);
      if (willing.length > 0 && able.length === 0) wastedNs += stepNs;
      for (const s of able) run(s, stepNs / able.length);
    }
    for (const s of state) overshootNs = Math.max(overshootNs, s.usedNs - s.grantedNs);
    if (now % historyNs === 0) history.push(usage());
  }
  return { usedNs: usage(), wastedNs, overshootNs, history };
}

function run(state: { session: SimulatedSession; usedNs: number; runningNs: number }, ns: number) {
  const kernelNs = state.session.kernelNs ?? 0;
  if (kernelNs === 0) {
    state.usedNs += ns;
    return;
  }
  state.runningNs += ns;
  if (state.runningNs >= kernelNs) {
    state.usedNs += state.runningNs;
    state.runningNs = 0;
  }
}
