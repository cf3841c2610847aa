// Who is refused is logged, but a user who is refused without end shall not fill the host's disk: so many lines at a time
// for each, and then how many there would have been.

/** What becomes of a line: the last of a period says that it is. */
export type Verdict = "write" | "write-last" | "drop";

export interface Period {
  readonly lines: number;
  readonly ms: number;
}

/** More users than any host has guests of; beyond, all start anew. */
const maxUsers = 1024;

export class RefusalLog {
  readonly #period: Period;
  readonly #users = new Map<number, { sinceMs: number; lines: number }>();

  constructor(period: Period) {
    this.#period = period;
  }

  /** `before` is how many lines of the user's last period were dropped, told once. */
  ask(uid: number, nowMs: number): { verdict: Verdict; before: number } {
    const { lines, ms } = this.#period;
    const last = this.#users.get(uid);
    if (last === undefined || nowMs - last.sinceMs >= ms) {
      if (this.#users.size >= maxUsers) this.#users.clear();
      this.#users.set(uid, { sinceMs: nowMs, lines: 1 });
      const before = Math.max(0, (last?.lines ?? 0) - lines);
      return { verdict: lines > 1 ? "write" : "write-last", before };
    }
    last.lines++;
    if (last.lines > lines) return { verdict: "drop", before: 0 };
    return { verdict: last.lines === lines ? "write-last" : "write", before: 0 };
  }
}
