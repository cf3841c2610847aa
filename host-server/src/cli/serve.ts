// `gpuferry serve`: a server in the foreground until SIGTERM or SIGINT.
import { adminSocketOf, parseHost, surroundings } from "../config/addresses.ts";
import { type Config, loadConfig } from "../config/config.ts";
import { findLayout } from "../config/layout.ts";
import { startHost } from "../main.ts";
import { asError } from "../model/errors.ts";
import { createLogger } from "./logging.ts";

export interface ServeOptions {
  readonly config?: string;
  readonly socket?: string;
  readonly cudaDriver?: string;
  readonly logLevel?: Config["log"]["level"];
}

export async function serve(options: ServeOptions): Promise<number> {
  // Everything a server creates is its own; what others may open is widened explicitly.
  process.umask(0o077);
  const config = withOptions(loadConfig(options.config, surroundings()), options);
  const log = createLogger(config.log);
  const host = await startHost(config, findLayout(), log, { private: false });
  host.backend.then(
    (backend) =>
      log.info(
        { driver: backend.driverPath, devices: backend.devices.map((device) => device.name) },
        "devices are ready",
      ),
    (thrown) => log.error({ why: asError(thrown).message }, "no guest can be served"),
  );
  const signal = await new Promise<NodeJS.Signals>((resolve) => {
    process.once("SIGTERM", resolve).once("SIGINT", resolve);
  });
  log.info({ signal }, "stopping");
  await host.stop();
  return 0;
}

/** What the command line says goes before what the file says. */
function withOptions(config: Config, options: ServeOptions): Config {
  const socket = options.socket === undefined ? undefined : parseHost(options.socket);
  return {
    ...config,
    server:
      socket === undefined
        ? config.server
        : { ...config.server, socket, adminSocket: adminSocketOf(socket) },
    log: { ...config.log, level: options.logLevel ?? config.log.level },
    executor: { ...config.executor, cudaDriver: options.cudaDriver ?? config.executor.cudaDriver },
  };
}
