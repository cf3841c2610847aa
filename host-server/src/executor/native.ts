// The whole surface of the addon (native/addon), typed in one place. Numbers are exact up to 2^53.
import { createRequire } from "node:module";
import { asError, GpuferryError } from "../model/errors.ts";
import type { PeerCredentials } from "../model/session.ts";

/** The server's end of one session's grant page: protocol/abi/grant.h. */
export interface GrantPage {
  /** The memfd, to be sent to the executor. */
  readonly fd: number;
  /** GPU time in ns that the session may have used in all; Infinity: not gated. Wakes the executor. */
  grant(grantedNs: number): void;
  /** Tells the executor to end the session now. */
  revoke(): void;
  /** Fills `out` in the order of {@link SampleField}. */
  sample(out: Float64Array): void;
  /** Closes the memfd, once the executor has it; the page stays mapped here. */
  closeFd(): void;
  /** Unmaps the page and closes the memfd; the other methods do nothing afterwards. */
  close(): void;
}

/** Where {@link GrantPage.sample} puts what. */
export const SampleField = {
  usedNs: 0,
  memoryBytes: 1,
  calls: 2,
  launches: 3,
  copiedBytes: 4,
  /** 1 while the executor sleeps for a grant. */
  waiting: 5,
  /** 1 while the session has unfinished work. */
  backlogged: 6,
  length: 7,
} as const;

/** Connections and process ends, reported from a thread of its own. */
export interface Watcher {
  /** Reports each connection to a listening socket. */
  listen(fd: number): void;
  /** Reports the end of a process that is not our child: the token, or 0 if it is gone already. */
  watchProcess(pid: number): number;
  forget(token: number): void;
  close(): void;
}

export interface WatcherConstructor {
  new (
    onEvent: (
      ...event: ["connection", fd: number, peer: PeerCredentials] | ["exit", token: number]
    ) => void,
  ): Watcher;
}

export interface Native {
  readonly Watcher: WatcherConstructor;
  /** Memory quota in bytes; Infinity: the device's own limit. */
  readonly GrantPage: new (
    memoryQuotaBytes: number,
  ) => GrantPage;
  /** The region's memfd, sealed, header written: protocol/abi/region.h. */
  createRegion(sessionId: number, heapBytes: number): { fd: number; regionBytes: number };
  /** A listening, non-blocking stream socket whose file has `mode` from the first moment. */
  listenUnix(path: string, mode: number): number;
  /** Creates and locks a file for the life of the descriptor; −1 if another process holds it. */
  lockFile(path: string): number;
  socketPair(kind: "stream" | "seqpacket"): [number, number];
  /**
   * Starts a program in a session of its own: `command` is its path and arguments, `environment` "NAME=value" each,
   * `fds` what its descriptors 0, 1, 2 … are to be (−1: /dev/null). `onExit` is told the exit code or the signal's
   * number; the other is −1. Returns the pid.
   */
  spawn(
    command: readonly string[],
    environment: readonly string[],
    fds: readonly number[],
    onExit: (code: number, signal: number) => void,
  ): number;
  /** What lies in the socket now, perhaps nothing: without a turn of the event loop. */
  receive(socket: number, maxBytes: number): Buffer;
  /** Sends without blocking; the descriptors travel with the first byte. Returns bytes sent. */
  sendFds(socket: number, bytes: Uint8Array, fds: readonly number[]): number;
}

/** @throws GpuferryError GF_NOT_BUILT */
export function loadNative(path: string): Native {
  try {
    return createRequire(import.meta.url)(path) as Native;
  } catch (thrown) {
    throw new GpuferryError(
      "GF_NOT_BUILT",
      `the server's addon ${path} cannot be loaded (${asError(thrown).message.split("\n")[0]}): run \`npm run build\`, or unpack the whole bundle`,
    );
  }
}
