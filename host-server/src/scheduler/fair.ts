// Start-time fair queueing over sessions, on samples instead of requests. Pure: it sees no clock, no
// page and no timer, only what each session has used and whether it wants more.
//
// Every session has a tag: its GPU time divided by its weight. A device's virtual time is the least
// tag among the sessions that compete for it, and a session may run ahead of that by `leadNs` of its
// own GPU time before it has to wait for the others. So two sessions that always want more keep
// their tags together, which is to say that they use GPU time by weight, however fast the device
// serves either. What follows from it:
//
//   work-conserving   who does not compete holds nobody back; who is alone is not gated at all
//   no banking        who comes back from idleness starts at the virtual time, not where it stopped
//   bounded overshoot a session is ahead by at most leadNs and whatever one kernel, which cannot be
//                     interrupted, runs beyond it
//
// See docs/design/scheduling.md.

export interface FairOptions {
  /** How far, in ns of its own GPU time, a session may run ahead of its share. */
  readonly leadNs: number;
  /** Time between two ticks. */
  readonly tickNs: number;
}

/** What a session's executor reports. */
export interface Demand {
  /** GPU time used since the session began; never decreases. */
  readonly usedNs: number;
  /** It has unfinished work, or sleeps because its grant is used up. */
  readonly wants: boolean;
}

export interface Grant<Id> {
  readonly id: Id;
  /** GPU time it may have used in all; Infinity: not gated. */
  readonly grantedNs: number;
}

export interface Tick<Id> {
  readonly grants: readonly Grant<Id>[];
  /** Some device has more than one session competing for it. */
  readonly contended: boolean;
}

/**
 * Samples without demand after which a session no longer competes. More than one, because a program
 * that launches and waits in turn is idle for a moment between any two kernels, and for several where
 * its processes have to wait for a processor. Nobody waits for it meanwhile: see `#grant`.
 */
const idleSamples = 4;

/** In leads: how far ahead loans may take a session. Beyond that they are gifts. */
const maxDebtLeads = 4;

interface Entry {
  readonly weight: number;
  readonly devices: readonly number[];
  /** usedNs at the last tick. */
  usedNs: number;
  /** Used between the last two ticks. */
  deltaNs: number;
  /** Virtual start tag: weighted GPU time, in ns. */
  tag: number;
  /** Consecutive samples without demand; competes while below idleSamples. */
  idleFor: number;
  /** Had demand at the last sample. */
  wantsNow: boolean;
  /** Was given more than its lead at the last tick. */
  borrowed: boolean;
}

interface DeviceClock {
  /** Least tag of those that compete for it, of all ticks: never goes back. */
  virtualNs: number;
  competing: number;
  /** Somebody who has work may still do some. */
  supplied: boolean;
  /** Used of it between the last two ticks, by all. */
  busyNs: number;
}

export class FairScheduler<Id> {
  readonly #options: FairOptions;
  readonly #entries = new Map<Id, Entry>();
  readonly #clocks = new Map<number, DeviceClock>();

  constructor(options: FairOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** `weight` > 0; `devices`: ordinals, at least one. */
  add(id: Id, weight: number, devices: readonly number[]): void {
    const entry = {
      weight,
      devices,
      usedNs: 0,
      deltaNs: 0,
      tag: 0,
      idleFor: idleSamples,
      wantsNow: false,
      borrowed: false,
    };
    for (const ordinal of devices) {
      if (!this.#clocks.has(ordinal))
        this.#clocks.set(ordinal, { virtualNs: 0, competing: 0, supplied: false, busyNs: 0 });
    }
    entry.tag = this.#virtualOf(entry);
    this.#entries.set(id, entry);
  }

  remove(id: Id): void {
    this.#entries.delete(id);
  }

  /** O(sessions × devices). A session without a demand in this tick counts as idle. */
  tick(demands: ReadonlyMap<Id, Demand>): Tick<Id> {
    for (const [id, entry] of this.#entries) this.#account(entry, demands.get(id));
    this.#advanceClocks();
    for (const entry of this.#entries.values()) this.#noteSupply(entry);
    let contended = false;
    const grants: Grant<Id>[] = [];
    for (const [id, entry] of this.#entries) {
      const crowded = this.#crowded(entry);
      if (crowded) contended = true;
      grants.push({ id, grantedNs: crowded ? this.#grant(entry) : Number.POSITIVE_INFINITY });
    }
    return { grants, contended };
  }

  /** An idle session counts too: it is not gated while its device has one competitor or none, or it
   * would stall at the start of each burst until the next tick. */
  #crowded(entry: Entry): boolean {
    return entry.devices.some((ordinal) => this.#clock(ordinal).competing > 1);
  }

  #account(entry: Entry, demand: Demand | undefined): void {
    const usedNs = Math.max(entry.usedNs, demand?.usedNs ?? 0);
    const deltaNs = usedNs - entry.usedNs;
    entry.usedNs = usedNs;
    entry.deltaNs = deltaNs;
    // One that was busy most of the tick and is idle just now is between two kernels.
    const wants = demand?.wants === true || deltaNs > this.#options.tickNs / 2;
    if (wants && !competes(entry)) entry.tag = Math.max(entry.tag, this.#virtualOf(entry));
    entry.tag += deltaNs / entry.weight;
    if (entry.borrowed) {
      // Beyond the bound the loan, but not the rest of a kernel that outlasted it, becomes a gift.
      const { leadNs, tickNs } = this.#options;
      const bound = this.#virtualOf(entry) + (maxDebtLeads * leadNs) / entry.weight;
      entry.tag = Math.min(entry.tag, Math.max(bound, entry.tag - tickNs / entry.weight));
    }
    entry.wantsNow = demand?.wants === true;
    entry.idleFor = wants ? 0 : Math.min(entry.idleFor + 1, idleSamples);
  }

  #advanceClocks(): void {
    const least = new Map<number, number>();
    for (const clock of this.#clocks.values()) {
      clock.competing = 0;
      clock.supplied = false;
      clock.busyNs = 0;
    }
    for (const entry of this.#entries.values()) {
      for (const ordinal of entry.devices) this.#clock(ordinal).busyNs += entry.deltaNs;
      if (!competes(entry)) continue;
      for (const ordinal of entry.devices) {
        least.set(ordinal, Math.min(least.get(ordinal) ?? Number.POSITIVE_INFINITY, entry.tag));
        this.#clock(ordinal).competing++;
      }
    }
    for (const [ordinal, tag] of least) {
      const clock = this.#clock(ordinal);
      clock.virtualNs = Math.max(clock.virtualNs, tag);
    }
  }

  /** A device is supplied if somebody who has work may do it. */
  #noteSupply(entry: Entry): void {
    if (!entry.wantsNow || this.#leftNs(entry) <= 0) return;
    for (const ordinal of entry.devices) this.#clock(ordinal).supplied = true;
  }

  /**
   * Where whoever has work may not do it, and the one that is behind has none just now, the device
   * would lie idle: each gets what the others left of the last tick. The tag keeps what was so used:
   * it is a loan, within bounds.
   */
  #grant(entry: Entry): number {
    const starved =
      entry.wantsNow && entry.devices.every((ordinal) => !this.#clock(ordinal).supplied);
    const leftNs = this.#leftNs(entry);
    const loanNs = starved ? this.#unusedNs(entry) : 0;
    entry.borrowed = loanNs > leftNs;
    return entry.usedNs + Math.max(leftNs, loanNs);
  }

  /** What the others left of the last tick, on the device that they used least. */
  #unusedNs(entry: Entry): number {
    const othersNs = entry.devices.map((ordinal) => this.#clock(ordinal).busyNs - entry.deltaNs);
    return Math.max(0, this.#options.tickNs - Math.min(...othersNs));
  }

  /** How much it may use before it is ahead by the whole lead. */
  #leftNs(entry: Entry): number {
    const aheadNs = Math.max(0, entry.tag - this.#virtualOf(entry)) * entry.weight;
    return Math.max(0, this.#options.leadNs - aheadNs);
  }

  /** Virtual time for a session of several devices: that of the one which is furthest behind. */
  #virtualOf(entry: Entry): number {
    return Math.min(...entry.devices.map((ordinal) => this.#clock(ordinal).virtualNs));
  }

  #clock(ordinal: number): DeviceClock {
    const clock = this.#clocks.get(ordinal);
    if (clock === undefined) throw new RangeError(`device ${ordinal} has no clock`);
    return clock;
  }
}

function competes(entry: Entry): boolean {
  return entry.idleFor < idleSamples;
}
