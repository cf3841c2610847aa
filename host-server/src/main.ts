// The host: the only place that builds services and ties them together.
//
//   connection ─► Reception ─► Session ─► ExecutorProcess (from ExecutorPool)
//                                 │
//                 GrantLoop ◄─────┤ grant page
//                 Ledger    ◄─────┘ what it used
//   admin socket ─► AdminService ─► all of the above, read only, and `end`

import { rmSync } from "node:fs";
import { Ledger } from "./accounting/ledger.ts";
import type { AdminModel } from "./admin/service.ts";
import { visibleDevices } from "./admission/devices.ts";
import type { Config } from "./config/config.ts";
import { type Layout, requireBuilt } from "./config/layout.ts";
import { loadNative } from "./executor/native.ts";
import { ExecutorPool } from "./executor/pool.ts";
import { ExecutorProcess } from "./executor/process.ts";
import type { Backend } from "./model/device.ts";
import { GpuferryError } from "./model/errors.ts";
import type { Logger } from "./model/log.ts";
import { GrantLoop } from "./session/grant-loop.ts";
import { Reception } from "./session/reception.ts";
import { claimSocket } from "./session/socket-file.ts";
import { SessionTable } from "./session/table.ts";

export interface Host {
  readonly socket: string;
  /** Settles once a first executor has loaded its driver. @throws GpuferryError GF_EXECUTOR */
  readonly backend: Promise<Backend>;
  /** Ends all sessions and gives everything back. */
  stop(): Promise<void>;
}

export interface HostOptions {
  /** For one guest: without an admin socket, and without a spare for the next. */
  readonly private: boolean;
}

/** How long after a spare executor was taken, or lost, the next is started. */
const refillMs = 50;
const retryMs = 1000;

/** @throws GpuferryError GF_NOT_BUILT, GF_SERVER_RUNS, GF_SOCKET */
export async function startHost(
  config: Config,
  layout: Layout,
  log: Logger,
  options: HostOptions,
): Promise<Host> {
  const native = loadNative(layout.addon);
  if (config.executor.path === undefined) requireBuilt(layout.executor, "the executor");
  const socket = claimSocket(native, config.server.socket, config.server.socketMode);
  const startedMs = Date.now();

  const executorOptions = {
    path: config.executor.path ?? layout.executor,
    cudaDriver: config.executor.cudaDriver,
    glDriver: config.executor.glDriver,
    startTimeoutMs: config.executor.startTimeoutMs,
  };
  const makePool = (preloadGl: boolean, spares: number) =>
    new ExecutorPool(
      (devices) =>
        new ExecutorProcess(
          native,
          {
            ...executorOptions,
            preloadGl,
            ...(devices !== undefined && {
              visibleDevices: visibleDevices(devices, process.env.CUDA_VISIBLE_DEVICES),
            }),
          },
          log,
        ),
      { spares, refillMs: options.private ? Number.POSITIVE_INFINITY : refillMs, retryMs },
      log,
    );
  const pool = makePool(false, config.executor.spares);
  const glPool = makePool(true, config.executor.glSpares ?? config.executor.spares);
  const table = new SessionTable();
  const grants = new GrantLoop(config.scheduler);
  const ledger = new Ledger();
  const reception = new Reception(
    {
      version: layout.version,
      tenants: config.tenants,
      maxSessions: config.server.maxSessions,
      helloTimeoutMs: config.server.helloTimeoutMs,
      heapBytes: config.executor.heapBytes,
    },
    { native, pool, glPool, table, grants, ledger, log, now: () => new Date() },
  );

  const model: AdminModel = {
    sessions: () => table.all().map((session) => session.view()),
    watch: (listener) => table.listen((session) => listener(session.view())),
    backend: () => pool.probe(),
    tenants: () =>
      ledger.report(
        table.active().map((session) => ({ tenant: session.tenant, usage: session.usage() })),
      ),
    health: () => ({
      version: layout.version,
      pid: process.pid,
      uptimeMs: Date.now() - startedMs,
      draining: reception.draining,
      sessions: table.active().length,
      spareExecutors: pool.spareCount + glPool.spareCount,
      executorFailure: pool.lastFailure ?? "",
      socket: config.server.socket,
    }),
    async endSession(id) {
      const session = table.get(id);
      if (session === undefined) {
        throw new GpuferryError("GF_NO_SUCH_SESSION", `there is no session ${id}`);
      }
      session.end("revoked");
      await session.reaped;
    },
    drain(draining) {
      reception.draining = draining;
      log.info({ draining }, draining ? "takes no new sessions" : "takes new sessions again");
    },
  };

  let admin: { close(): void } | undefined;
  try {
    if (!options.private) admin = await startAdmin(layout, config, model);
  } catch (thrown) {
    reception.close();
    socket.close();
    throw thrown;
  }
  pool.fill();
  // Without a word about them, they wait for the first guest that uses OpenGL.
  if (config.executor.glSpares !== undefined) glPool.fill();
  reception.listen(socket.fd);
  log.info({ socket: config.server.socket, version: layout.version }, "listening");

  return {
    socket: config.server.socket,
    backend: pool.probe(),
    async stop() {
      reception.draining = true;
      socket.close();
      admin?.close();
      const sessions = table.all();
      for (const session of sessions) session.end("server-stopped");
      await Promise.all([
        ...sessions.map((session) => session.reaped),
        pool.close(),
        glPool.close(),
      ]);
      grants.stop();
      reception.close();
      log.info("stopped");
    },
  };
}

/** Loaded only where it is wanted: gRPC costs a private server's start more than all else. */
async function startAdmin(
  layout: Layout,
  config: Config,
  model: AdminModel,
): Promise<{ close(): void }> {
  const { AdminService } = await import("./admin/service.ts");
  const service = new AdminService(layout.adminProto, model);
  // The lock on the host's socket makes this path ours too.
  rmSync(config.server.adminSocket, { force: true });
  await service.listen(config.server.adminSocket);
  return {
    close() {
      service.close();
      rmSync(config.server.adminSocket, { force: true });
    },
  };
}
