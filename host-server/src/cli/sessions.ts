// `gpuferry ps`, `end` and `drain`: the sessions of a running server.
import type { AdminClient } from "../admin/client.ts";
import type { SessionMessage, TenantMessage } from "../admin/messages.ts";
import { formatBytes, formatCount, formatNs } from "../model/units.ts";
import { type Column, formatTable, printJson } from "./output.ts";

const sessionColumns: Column<SessionMessage>[] = [
  { title: "ID", right: true, cell: ({ id }) => String(id) },
  { title: "TENANT", cell: ({ tenant }) => tenant || "-" },
  { title: "PID", right: true, cell: ({ pid }) => String(pid) },
  { title: "PROGRAM", cell: ({ program }) => program || "-" },
  { title: "STATE", cell: ({ state }) => state },
  { title: "DEVICES", cell: ({ devices }) => devices.join(",") || "-" },
  { title: "WEIGHT", right: true, cell: ({ weight }) => String(weight) },
  { title: "MEMORY", right: true, cell: memoryCell },
  { title: "GPU TIME", right: true, cell: ({ usage }) => formatNs(usage.gpuNs) },
  { title: "CALLS", right: true, cell: ({ usage }) => formatCount(usage.calls) },
  { title: "LAUNCHES", right: true, cell: ({ usage }) => formatCount(usage.launches) },
];

const tenantColumns: Column<TenantMessage>[] = [
  { title: "TENANT", cell: ({ name }) => name },
  { title: "LIVE", right: true, cell: ({ sessionsLive }) => formatCount(sessionsLive) },
  { title: "ENDED", right: true, cell: ({ sessionsEnded }) => formatCount(sessionsEnded) },
  { title: "MEMORY", right: true, cell: ({ usage }) => formatBytes(usage.memoryBytes) },
  { title: "GPU TIME", right: true, cell: ({ usage }) => formatNs(usage.gpuNs) },
  { title: "CALLS", right: true, cell: ({ usage }) => formatCount(usage.calls) },
  { title: "LAUNCHES", right: true, cell: ({ usage }) => formatCount(usage.launches) },
  { title: "COPIED", right: true, cell: ({ usage }) => formatBytes(usage.copiedBytes) },
];

function memoryCell({ usage, memoryQuotaBytes }: SessionMessage): string {
  const held = formatBytes(usage.memoryBytes);
  return memoryQuotaBytes === undefined ? held : `${held} of ${formatBytes(memoryQuotaBytes)}`;
}

export async function ps(
  client: AdminClient,
  options: { json?: boolean; tenants?: boolean },
): Promise<void> {
  if (options.tenants === true) {
    const tenants = await client.tenants();
    if (options.json === true) printJson(tenants);
    else process.stdout.write(formatTable(tenantColumns, tenants));
    return;
  }
  const sessions = await client.sessions();
  if (options.json === true) printJson(sessions);
  else process.stdout.write(formatTable(sessionColumns, sessions));
}
