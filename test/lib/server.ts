/** A server of a test's own: its own socket, its own configuration, gone when the test is. */
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { AdminClient } from "../../host-server/src/admin/client.ts";
import { adminSocketOf } from "../../host-server/src/config/addresses.ts";
import { ADMIN_PROTO, GPUFERRY } from "./paths.ts";

export interface Server {
  /** What a guest's GPUFERRY_HOST says. */
  readonly host: string;
  readonly directory: string;
  readonly process: ChildProcess;
  /** Everything the server has said so far. */
  log(): string;
  readonly socket: string;
  /** What an administrator may ask, as the command line asks it. */
  readonly admin: AdminClient;
  /** Ends it as an administrator would (SIGTERM) and waits until it is gone. */
  stop(): Promise<void>;
}

const START_TIMEOUT_MS = 20_000;
const STOP_TIMEOUT_MS = 10_000;

/**
 * Starts `gpuferry serve` on `driver`, the software device unless said, and waits until it listens. `toml` is a whole
 * configuration file, but for the socket; `env` reaches the executors and with them the device.
 */
export async function startServer(
  toml = "",
  env: Readonly<Record<string, string>> = {},
  driver = "soft",
): Promise<Server> {
  const directory = mkdtempSync(path.join(tmpdir(), "gpuferry-test-"));
  const socket = path.join(directory, "host.sock");
  const config = path.join(directory, "gpuferry.toml");
  writeFileSync(config, toml);
  const args = ["serve", "--config", config, "--socket", `unix:${socket}`, "--cuda-driver", driver];
  const child = spawn(GPUFERRY, args, {
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let log = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      log += text;
    });
  }
  const gone = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const deadline = Date.now() + START_TIMEOUT_MS;
  while (!existsSync(socket)) {
    if (child.exitCode !== null || Date.now() > deadline) {
      child.kill("SIGKILL");
      rmSync(directory, { recursive: true, force: true });
      throw new Error(`gpuferry serve did not come up:\n${log}`);
    }
    await sleep(20);
  }
  const admin = new AdminClient(ADMIN_PROTO, adminSocketOf(socket));
  return {
    socket,
    admin,
    host: `unix:${socket}`,
    directory,
    process: child,
    log: () => log,
    stop: async () => {
      admin.close();
      child.kill("SIGTERM");
      const late = setTimeout(() => child.kill("SIGKILL"), STOP_TIMEOUT_MS);
      await gone;
      clearTimeout(late);
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
