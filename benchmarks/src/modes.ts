/** The three ways to run: which program, and what its environment says about whose libcuda.so.1 it meets. */
import { existsSync } from "node:fs";
import path from "node:path";
import { EXECUTOR, GUEST_LIBRARY, ROOT, SOFTCUDA } from "../../test/lib/paths.ts";
import { directEnv, forwardedEnv } from "../../test/lib/run.ts";
import { type Server, startServer } from "../../test/lib/server.ts";
import type { Mode } from "./result.ts";
import { descendantsOf, voluntarySwitches } from "./switches.ts";
import { Worker } from "./worker.ts";

export const BENCH = path.join(ROOT, "build/bin/gpuferry-bench");
const BENCH_RING = path.join(ROOT, "build/bin/gpuferry-bench-ring");

/** A server of this run's own, and one worker in each mode. */
export interface Stage {
  readonly server: Server;
  readonly workers: Readonly<Record<Mode, Worker>>;
  /** Of the processes that serve `mode`, beside the worker itself. */
  switchesElsewhere(mode: Mode): number;
  stop(): Promise<void>;
}

export async function openStage(): Promise<Stage> {
  for (const file of [BENCH, BENCH_RING, SOFTCUDA, GUEST_LIBRARY, EXECUTOR]) {
    if (!existsSync(file)) {
      throw new Error(`${path.relative(ROOT, file)} is not built; \`npm run build\``);
    }
  }
  const server = await startServer();
  const workers: Record<Mode, Worker> = {
    passthrough: new Worker("passthrough", BENCH, directEnv()),
    ring: new Worker("ring", BENCH_RING, {}),
    forwarded: new Worker("forwarded", BENCH, forwardedEnv(server.host)),
  };
  return {
    server,
    workers,
    switchesElsewhere: (mode) => voluntarySwitches(hostsOf(mode, server, workers[mode])),
    stop: async () => {
      await Promise.all(Object.values(workers).map((worker) => worker.stop()));
      await server.stop();
    },
  };
}

/** The ring's host is the worker's child; executors are the server's, and those without a session sleep. */
function hostsOf(mode: Mode, server: Server, worker: Worker): number[] {
  if (mode === "passthrough") return [];
  return descendantsOf(mode === "ring" ? worker.pid : (server.process.pid ?? 0));
}
