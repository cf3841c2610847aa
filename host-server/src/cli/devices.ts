// `gpuferry devices`: what guests of this host can be given. Asks the server, or, where none runs, an
// executor started for the purpose.
import { existsSync } from "node:fs";
import type { DeviceMessage, DevicesMessage } from "../admin/messages.ts";
import type { Config } from "../config/config.ts";
import { type Layout, requireBuilt } from "../config/layout.ts";
import { loadNative } from "../executor/native.ts";
import { ExecutorProcess } from "../executor/process.ts";
import { formatBytes } from "../model/units.ts";
import { createLogger } from "./logging.ts";
import { type Column, formatTable, printJson } from "./output.ts";

const columns: Column<DeviceMessage>[] = [
  { title: "DEVICE", right: true, cell: ({ ordinal }) => String(ordinal) },
  { title: "NAME", cell: ({ name }) => name },
  { title: "COMPUTE", cell: ({ computeMajor, computeMinor }) => `${computeMajor}.${computeMinor}` },
  { title: "MEMORY", right: true, cell: ({ memoryBytes }) => formatBytes(memoryBytes) },
  { title: "SESSIONS", right: true, cell: ({ sessions }) => String(sessions) },
  { title: "PCI", cell: ({ pciBusId }) => pciBusId },
  { title: "UUID", cell: ({ uuid }) => uuid },
];

export async function devices(
  config: Config,
  layout: Layout,
  options: { json?: boolean },
): Promise<void> {
  const found = existsSync(config.server.adminSocket)
    ? await ask(config, layout)
    : await probe(config, layout);
  if (options.json === true) {
    printJson(found);
    return;
  }
  const version = `${Math.floor(found.driverVersion / 1000)}.${(found.driverVersion % 1000) / 10}`;
  process.stdout.write(formatTable(columns, found.devices));
  process.stdout.write(`\n${found.driverKind} driver ${found.driverPath}, CUDA ${version}\n`);
}

async function ask(config: Config, layout: Layout): Promise<DevicesMessage> {
  const { AdminClient } = await import("../admin/client.ts");
  const client = new AdminClient(layout.adminProto, config.server.adminSocket);
  try {
    return await client.devices();
  } finally {
    client.close();
  }
}

/** @throws GpuferryError GF_NOT_BUILT, GF_EXECUTOR */
export async function probe(config: Config, layout: Layout): Promise<DevicesMessage> {
  const path = config.executor.path ?? layout.executor;
  requireBuilt(path, "the executor");
  const executor = new ExecutorProcess(
    loadNative(layout.addon),
    {
      path,
      cudaDriver: config.executor.cudaDriver,
      startTimeoutMs: config.executor.startTimeoutMs,
    },
    createLogger({ level: "error", format: "auto" }),
  );
  try {
    const backend = await executor.ready;
    return {
      ...backend,
      devices: backend.devices.map((device) => ({ ...device, sessions: 0, memoryUsedBytes: 0 })),
    };
  } finally {
    executor.end("probed");
    await executor.ended;
  }
}
