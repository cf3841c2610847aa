// What each tenant has used: sessions that are over, added up, and those that live, as last sampled.
import { noUsage, type Usage } from "../model/session.ts";

export interface TenantUsage {
  readonly tenant: string;
  readonly sessionsEnded: number;
  readonly sessionsLive: number;
  readonly usage: Usage;
}

export function addUsage(a: Usage, b: Usage): Usage {
  return {
    gpuNs: a.gpuNs + b.gpuNs,
    memoryBytes: a.memoryBytes + b.memoryBytes,
    calls: a.calls + b.calls,
    launches: a.launches + b.launches,
    copiedBytes: a.copiedBytes + b.copiedBytes,
  };
}

export class Ledger {
  readonly #past = new Map<string, { sessionsEnded: number; usage: Usage }>();

  /** A session is over; its memory is free again. */
  close(tenant: string, usage: Usage): void {
    const before = this.#past.get(tenant) ?? { sessionsEnded: 0, usage: noUsage };
    this.#past.set(tenant, {
      sessionsEnded: before.sessionsEnded + 1,
      usage: addUsage(before.usage, { ...usage, memoryBytes: 0 }),
    });
  }

  /** Every tenant that ever had a session, by name. */
  report(live: Iterable<{ readonly tenant: string; readonly usage: Usage }>): TenantUsage[] {
    const rows = new Map<string, TenantUsage>();
    for (const [tenant, past] of this.#past) rows.set(tenant, { tenant, sessionsLive: 0, ...past });
    for (const { tenant, usage } of live) {
      const row = rows.get(tenant) ?? { tenant, sessionsEnded: 0, sessionsLive: 0, usage: noUsage };
      rows.set(tenant, {
        ...row,
        sessionsLive: row.sessionsLive + 1,
        usage: addUsage(row.usage, usage),
      });
    }
    return [...rows.values()].sort((a, b) => a.tenant.localeCompare(b.tenant));
  }
}
