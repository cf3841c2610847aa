// Where the host's socket lies. The shim follows the same rule (docs/configuration.md).
import { accessSync, constants } from "node:fs";
import { dirname, join } from "node:path";
import { GpuferryError } from "../model/errors.ts";

export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly uid: number;
  /** Whether a directory exists in which this process may create files. */
  readonly writable: (directory: string) => boolean;
}

export function surroundings(): Surroundings {
  return {
    env: process.env,
    uid: process.getuid?.() ?? 0,
    writable(directory) {
      try {
        accessSync(directory, constants.W_OK | constants.X_OK);
        return true;
      } catch {
        return false;
      }
    },
  };
}

/** What the kernel's sockaddr_un holds, less its NUL. */
const maxSocketPathBytes = 107;

/** "unix:/path" or "/path" → the path. @throws GpuferryError GF_USAGE */
export function parseHost(host: string): string {
  const path = host.startsWith("unix:") ? host.slice("unix:".length) : host;
  if (!path.startsWith("/")) {
    throw new GpuferryError(
      "GF_USAGE",
      `host ${JSON.stringify(host)} is neither unix:/PATH nor an absolute path`,
    );
  }
  if (Buffer.byteLength(path) > maxSocketPathBytes) {
    throw new GpuferryError(
      "GF_USAGE",
      `the socket's path is longer than ${maxSocketPathBytes} bytes: ${path}`,
    );
  }
  return path;
}

/** @throws GpuferryError GF_USAGE if GPUFERRY_HOST is no address */
export function defaultSocket({ env, uid, writable }: Surroundings): string {
  if (env.GPUFERRY_HOST) return parseHost(env.GPUFERRY_HOST);
  if (env.XDG_RUNTIME_DIR) return join(env.XDG_RUNTIME_DIR, "gpuferry/host.sock");
  if (uid === 0 && writable("/run")) return "/run/gpuferry/host.sock";
  return `/tmp/gpuferry-${uid}/host.sock`;
}

/** The admin socket that belongs to a host's socket. */
export function adminSocketOf(socket: string): string {
  return join(dirname(socket), "admin.sock");
}
