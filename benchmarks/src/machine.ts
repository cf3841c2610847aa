/** What a reader must know of the machine to judge numbers; nothing that names it or whom it belongs to. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { availableParallelism, cpus, loadavg, release, totalmem } from "node:os";
import { ROOT } from "../../test/lib/paths.ts";

export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly kernel: string;
  readonly virtual: boolean;
  readonly node: string;
  /** Abbreviated; "-dirty" when sources differed from it. */
  readonly commit: string;
  /** The driver behind both passthrough and forwarded. */
  readonly driver: string;
  readonly date: string;
  /** The kernel's scheduling class that everything ran in; real-time where others had to be kept away. */
  readonly scheduling: "normal" | "real-time";
  /** One-minute load average before the run: what else the machine did. */
  readonly loadBefore: number;
  readonly quick: boolean;
}

export function describeMachine(quick: boolean): Machine {
  return {
    cpu: cpus()[0]?.model.trim() ?? "unknown",
    cores: availableParallelism(),
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    kernel: release(),
    virtual: /^flags\s*:.*\bhypervisor\b/m.test(readFileSync("/proc/cpuinfo", "utf8")),
    node: process.version,
    commit: commit(),
    driver: "gpuferry software CUDA device",
    date: new Date().toISOString().slice(0, 10),
    scheduling: scheduling(),
    loadBefore: Number(loadavg()[0]!.toFixed(2)),
    quick,
  };
}

/** E.g. "amd-epyc-2-cores": the part of a file name that says what kind of machine it was. */
export function kindOf(machine: Machine): string {
  const cpu = machine.cpu
    .toLowerCase()
    .replace(/\((r|tm)\)|@.*$|\b(cpu|processor)\b/g, " ")
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-|-$/g, "");
  return `${cpu}-${machine.cores}-cores`;
}

/** Field 41 of proc(5)'s stat: 1 and 2 are SCHED_FIFO and SCHED_RR. Children inherit it. */
function scheduling(): Machine["scheduling"] {
  const fields = readFileSync("/proc/self/stat", "utf8")
    .replace(/^.*\) /s, "")
    .split(" ");
  return fields[41 - 3] === "1" || fields[41 - 3] === "2" ? "real-time" : "normal";
}

function commit(): string {
  try {
    return execFileSync("git", ["describe", "--always", "--dirty", "--abbrev=10"], {
      cwd: ROOT,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    }).trim();
  } catch {
    return "unknown"; // a release without its repository
  }
}
