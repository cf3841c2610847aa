/** What machine this is: read from the system and from its own tools, whichever are there. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { cpus, release, totalmem } from "node:os";
import path from "node:path";
import type { Layout } from "../../host-server/src/config/layout.ts";
import { findPython } from "./python.ts";
import type { Facts } from "./report.ts";
import { lastLine, run } from "./run.ts";

const LIMIT_MS = 60_000;

export const hasGpu = () => existsSync("/dev/nvidiactl");

export async function collectFacts(
  layout: Layout,
  options: { software: boolean; quick: boolean; python: string | undefined },
): Promise<Facts> {
  const machine: Record<string, string> = {
    system: `${osName()}, Linux ${release()}`,
    processors: `${cpus().length} × ${cpus()[0]?.model.trim() ?? "unknown"}`,
    memory: `${Math.round(totalmem() / 2 ** 30)} GiB`,
  };
  const ask = async (name: string, command: string, args: readonly string[]) => {
    const { exitCode, stdout } = await run(command, args, {}, LIMIT_MS);
    if (exitCode === 0 && stdout.trim() !== "") machine[name] = stdout.trim();
    return exitCode === 0 ? stdout.trim() : "";
  };
  const query = ["name", "driver_version", "memory.total", "pci.bus_id", "compute_mode"];
  const smi = await ask("nvidia-smi", "nvidia-smi", [
    `--query-gpu=${query.join(",")}`,
    "--format=csv,noheader",
  ]);
  machine["NVIDIA's kernel module"] = firstLine("/proc/driver/nvidia/version");
  machine.devices =
    readdirSync("/dev")
      .filter((name) => name.startsWith("nvidia"))
      .join(" ") || "none in /dev";
  const nvcc = await run("nvcc", ["--version"], {}, LIMIT_MS);
  machine.nvcc = nvcc.exitCode === 0 ? lastLine(nvcc.stdout) : "none: prebuilt programs are used";
  const python = findPython(options.python);
  machine.python = python ?? "none: scripts are left out";
  const doctor = await run(
    path.join(layout.root, "bin/gpuferry"),
    ["doctor", "--json"],
    {},
    LIMIT_MS,
  );
  const [gpu, driver] = smi.split("\n")[0]?.split(", ") ?? [];
  for (const { what, detail } of findings(doctor.stdout)) {
    if (/devices|OpenGL|libraries/.test(what)) machine[`doctor: ${what}`] = detail;
  }
  return {
    date: new Date().toISOString(),
    version: layout.version,
    software: options.software,
    quick: options.quick,
    gpu: options.software
      ? "the software CUDA device"
      : (gpu ?? "a GPU that nvidia-smi does not name"),
    driver: options.software ? "softcuda" : (driver ?? "unknown"),
    machine,
  };
}

function findings(json: string): { what: string; detail: string }[] {
  try {
    return (JSON.parse(json) as { findings: { what: string; detail: string }[] }).findings;
  } catch {
    return [];
  }
}

function firstLine(file: string): string {
  try {
    return readFileSync(file, "utf8").split("\n")[0] ?? "";
  } catch {
    return "none";
  }
}

function osName(): string {
  try {
    return /PRETTY_NAME="(.*)"/.exec(readFileSync("/etc/os-release", "utf8"))?.[1] ?? "unknown";
  } catch {
    return "unknown";
  }
}
