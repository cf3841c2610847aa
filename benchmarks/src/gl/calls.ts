/** What single calls cost on either side of the ring, and how long a frame takes into the window. */
import { readdirSync, readFileSync } from "node:fs";
import { turnsOf } from "../repetitions.ts";
import { median } from "../stats.ts";
import { descendantsOf } from "../switches.ts";
import { Worker } from "../worker.ts";
import type { Size } from "./programs.ts";
import { type CallCost, type GlMode, type GlRepetition, type GlRow, glRowOf } from "./result.ts";
import { BENCH_GL, type GlStage } from "./stage.ts";

export const CALL_KINDS = ["uniforms", "attributes", "toggles", "binds"] as const;

/** Bursts of a repetition. */
const BURSTS = 5;
const SWAPS = 60;

type Workers = Partial<Record<GlMode, Worker>>;

async function withWorkers<T>(stage: GlStage, use: (workers: Workers) => Promise<T>): Promise<T> {
  const workers: Workers = {};
  for (const mode of stage.modes) workers[mode] = new Worker(mode, BENCH_GL, stage.env[mode]);
  try {
    return await use(workers);
  } finally {
    await Promise.all(Object.values(workers).map((worker) => worker.stop()));
  }
}

export function measureCalls(stage: GlStage, kind: string, repetitions: number): Promise<GlRow> {
  return withWorkers(stage, async (workers) => {
    const measured: GlRepetition[] = [];
    const spent: { mode: GlMode; guestNs: number; hostNs: number }[] = [];
    for (let index = 0; index < repetitions; index++) {
      const repetition: Partial<Record<GlMode, number>> = {};
      for (const mode of turnsOf(stage.modes, index)) {
        const worker = workers[mode]!;
        const before = cpuOf(stage, worker);
        const { samples_ns, calls } = await worker.measure("small_calls", BURSTS, kind);
        const after = cpuOf(stage, worker);
        repetition[mode] = median(samples_ns);
        const share = (of: "guestNs" | "hostNs") => (after[of] - before[of]) / calls;
        spent.push({ mode, guestNs: share("guestNs"), hostNs: share("hostNs") });
      }
      measured.push(repetition);
    }
    const of = (mode: GlMode, side: "guestNs" | "hostNs") =>
      median(spent.filter((one) => one.mode === mode).map((one) => one[side]));
    const directNs = of("direct", "guestNs");
    const cpu: CallCost = {
      directNs,
      encodeNs: of("forwarded", "guestNs"),
      decodeNs: Math.max(0, of("forwarded", "hostNs") - directNs),
    };
    return { ...glRowOf(`calls_${kind}`, "ns", measured), cpu };
  });
}

export function measureLatency(
  stage: GlStage,
  { width, height }: Size,
  repetitions: number,
): Promise<GlRow> {
  const size = `${width}x${height}`;
  return withWorkers(stage, async (workers) => {
    const measured: GlRepetition[] = [];
    for (let index = 0; index < repetitions; index++) {
      const repetition: Partial<Record<GlMode, number>> = {};
      for (const mode of turnsOf(stage.modes, index)) {
        const { samples_ns } = await workers[mode]!.measure("swap_latency", SWAPS, size);
        repetition[mode] = median(samples_ns) / 1e3;
      }
      measured.push(repetition);
    }
    return glRowOf(`swap_to_x_${size}`, "µs", measured);
  });
}

/** Processor time so far of a worker, and of all executors: those without work take none. */
function cpuOf(stage: GlStage, worker: Worker): { guestNs: number; hostNs: number } {
  const executors = descendantsOf(stage.server.process.pid ?? 0);
  return {
    guestNs: cpuNs(worker.pid),
    hostNs: executors.map(cpuNs).reduce((sum, ns) => sum + ns, 0),
  };
}

/** Of all threads of a process that live, by the first field of proc(5)'s schedstat; 0 of one that is gone. */
function cpuNs(pid: number): number {
  try {
    return readdirSync(`/proc/${pid}/task`)
      .map((thread) => readFileSync(`/proc/${pid}/task/${thread}/schedstat`, "utf8"))
      .reduce((sum, text) => sum + Number(text.split(" ")[0]), 0);
  } catch {
    return 0;
  }
}
