// The host's socket as a file: its directory, the lock that says whose it is, and what a dead server
// left behind.
import { closeSync, lstatSync, mkdirSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import type { Native } from "../executor/native.ts";
import { asError, GpuferryError, systemCode } from "../model/errors.ts";

export interface SocketFile {
  readonly path: string;
  /** Listening. */
  readonly fd: number;
  /** Stops listening and removes the files. */
  close(): void;
}

/**
 * Takes `path` over for this process, or says that another server has it.
 * @throws GpuferryError GF_SERVER_RUNS, GF_SOCKET
 */
export function claimSocket(native: Native, path: string, mode: number): SocketFile {
  const lockPath = `${path}.lock`;
  let lock: number | undefined;
  try {
    requireSafeDirectory(dirname(path), mode);
    lock = native.lockFile(lockPath);
    if (lock < 0) {
      throw new GpuferryError("GF_SERVER_RUNS", `a server already listens on ${path}`);
    }
    // Whoever holds the lock is the server: a socket that is there now was left by a dead one.
    rmSync(path, { force: true });
    const fd = native.listenUnix(path, mode);
    const held = lock;
    return {
      path,
      fd,
      close() {
        rmSync(path, { force: true });
        rmSync(lockPath, { force: true });
        closeSync(fd);
        closeSync(held);
      },
    };
  } catch (thrown) {
    if (lock !== undefined && lock >= 0) closeSync(lock);
    if (thrown instanceof GpuferryError) throw thrown;
    throw new GpuferryError("GF_SOCKET", `cannot listen on ${path}: ${asError(thrown).message}`);
  }
}

/**
 * In a directory that others may write, or that another user owns, they could put a socket of their
 * own in our place.
 */
function requireSafeDirectory(directory: string, socketMode: number): void {
  try {
    const open = (socketMode & 0o077) !== 0;
    mkdirSync(directory, { recursive: true, mode: open ? 0o755 : 0o700 });
  } catch (thrown) {
    if (systemCode(thrown) !== "EEXIST") throw thrown;
  }
  const info = lstatSync(directory);
  const uid = process.getuid?.() ?? 0;
  const foreign = info.uid !== uid && info.uid !== 0;
  const shared = (info.mode & 0o022) !== 0 && (info.mode & 0o1000) === 0;
  if (!info.isDirectory() || foreign || shared) {
    throw new GpuferryError(
      "GF_SOCKET",
      `${directory} must be a directory of this user or root that nobody else can write`,
    );
  }
}
