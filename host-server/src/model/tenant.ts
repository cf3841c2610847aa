// Who pays. A tenant is matched by what the kernel says about a guest, never by what it says itself.

export interface Tenant {
  readonly name: string;
  /** A guest matches if its uid or its gid is listed. */
  readonly uids: readonly number[];
  readonly gids: readonly number[];
  /** Share of GPU time of each of its sessions that asks for none. */
  readonly weight: number;
  /** Most that a session may ask for. */
  readonly maxWeight: number;
  /** Device memory of each session; Infinity: the device's own limit. */
  readonly memoryQuotaBytes: number;
  readonly maxSessions: number;
  /** Ordinals; undefined: all of the host's. */
  readonly devices: readonly number[] | undefined;
}
