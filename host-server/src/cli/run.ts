// `gpuferry run -- CMD…`: a command as a guest. Nothing is printed to stdout, signals and the exit
// code pass through.
import { mkdtempSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { defaultSocket, parseHost, surroundings } from "../config/addresses.ts";
import type { Config } from "../config/config.ts";
import { findLayout, type Layout, requireBuilt } from "../config/layout.ts";
import { inFrontOf, preloadEntry } from "../config/preload.ts";
import { asError, GpuferryError } from "../model/errors.ts";
import { launch } from "./launch.ts";

export interface RunOptions {
  /** Always start a private server, even where one runs. */
  readonly server?: boolean;
  readonly host?: string;
  readonly tenant?: string;
  readonly weight?: number;
  readonly config?: string;
  /** Of the private server; "error" unless said, for the terminal is the guest's. */
  readonly logLevel?: Config["log"]["level"];
}

/** The guest's exit code, or 128 + n if signal n ended it. */
export async function run(command: readonly string[], options: RunOptions): Promise<number> {
  const layout = findLayout();
  requireBuilt(layout.shim, "the guest's shim");
  if (options.server !== true) {
    const named = options.host ?? process.env.GPUFERRY_HOST;
    const address = named ? parseHost(named) : defaultSocket(surroundings());
    if (await answers(address)) return launch(command, environment(layout, address, options));
    // Whoever named a host meant that one.
    if (named) throw new GpuferryError("GF_NO_SERVER", `no server answers on ${address}`);
  }
  return withPrivateServer(layout, options, (socket) =>
    launch(command, environment(layout, socket, options)),
  );
}

function environment(layout: Layout, socket: string, options: RunOptions): NodeJS.ProcessEnv {
  return {
    ...process.env,
    LD_PRELOAD: inFrontOf(preloadEntry(layout.shim), process.env.LD_PRELOAD),
    // A program that is linked with libGL.so.1 gets ours before it starts, not the machine's.
    LD_LIBRARY_PATH: inFrontOf(dirname(layout.shim), process.env.LD_LIBRARY_PATH),
    GPUFERRY_HOST: `unix:${socket}`,
    ...(options.tenant === undefined ? {} : { GPUFERRY_TENANT: options.tenant }),
    ...(options.weight === undefined ? {} : { GPUFERRY_WEIGHT: String(options.weight) }),
  };
}

/** Whether somebody accepts connections there. A server counts it as a guest that left. */
function answers(socket: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = connect(socket);
    probe.once("connect", () => {
      probe.destroy();
      resolve(true);
    });
    probe.once("error", () => resolve(false));
  });
}

async function withPrivateServer(
  layout: Layout,
  options: RunOptions,
  use: (socket: string) => Promise<number>,
): Promise<number> {
  // Loaded only here: with a server running, `run` needs none of it.
  const [{ startHost }, { loadConfig }, { createLogger }] = await Promise.all([
    import("../main.ts"),
    import("../config/config.ts"),
    import("./logging.ts"),
  ]);
  const directory = privateDirectory();
  try {
    const socket = join(directory, "host.sock");
    const loaded = loadConfig(options.config, surroundings());
    const config = {
      ...loaded,
      server: { ...loaded.server, socket },
      log: { ...loaded.log, level: options.logLevel ?? ("error" as const) },
    };
    const host = await startHost(config, layout, createLogger(config.log), { private: true });
    // A failure reaches the guest as its refusal and the log as an error.
    host.backend.catch(() => {});
    try {
      return await use(socket);
    } finally {
      await host.stop();
    }
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** @throws GpuferryError GF_SOCKET */
function privateDirectory(): string {
  try {
    return mkdtempSync(join(tmpdir(), "gpuferry-run-"));
  } catch (thrown) {
    throw new GpuferryError(
      "GF_SOCKET",
      `a private server has no place for its socket (${asError(thrown).message}): let TMPDIR name a directory that can be written`,
    );
  }
}
