// A session: one guest process and the one executor that works for it.
//
//   connecting ─► admitted ─► running ─► ending ─► reaped
//        │            │                     ▲
//        └────────────┴─────────────────────┘   refused, or gone before it ran
//
// connecting: its hello is being checked. admitted: tenant and capacity are settled, an
// executor is being found. running: guest and executor have their descriptors. ending: a reason is
// set and both are being sent home. reaped: process, descriptors and memory are gone.

export type SessionState = "connecting" | "admitted" | "running" | "ending" | "reaped";

const next: Record<SessionState, readonly SessionState[]> = {
  connecting: ["admitted", "ending"],
  admitted: ["running", "ending"],
  running: ["ending"],
  ending: ["reaped"],
  reaped: [],
};

export function mayBecome(from: SessionState, to: SessionState): boolean {
  return next[from].includes(to);
}

/** Why a session ended. The first reason stands. */
export type EndReason =
  | "guest-left" // its socket closed or its process ended
  | "refused" // by version, tenant or capacity
  | "poisoned" // it sent a malformed frame
  | "executor-fault" // its executor crashed or was killed
  | "revoked" // by an admin
  | "server-stopped";

/** What the kernel says about the process at the other end of the socket (SO_PEERCRED). */
export interface PeerCredentials {
  /** 0 if it lives in a pid namespace that this server cannot see. */
  readonly pid: number;
  readonly uid: number;
  readonly gid: number;
}

/** Sampled from the grant page; all cumulative but memory. */
export interface Usage {
  readonly gpuNs: number;
  readonly memoryBytes: number;
  readonly calls: number;
  readonly launches: number;
  readonly copiedBytes: number;
}

export const noUsage: Usage = { gpuNs: 0, memoryBytes: 0, calls: 0, launches: 0, copiedBytes: 0 };

/** A session as admins see it. */
export interface SessionView {
  readonly id: number;
  readonly state: SessionState;
  readonly tenant: string;
  readonly weight: number;
  readonly peer: PeerCredentials;
  readonly program: string;
  readonly devices: readonly number[];
  readonly executorPid: number;
  readonly memoryQuotaBytes: number;
  readonly startedAt: Date;
  readonly usage: Usage;
  readonly endReason?: EndReason;
}
