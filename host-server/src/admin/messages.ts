// The messages of protocol/admin/admin.proto as proto-loader gives and takes them, with the options
// below: camelCase, numbers for 64 bits, every field present.
import {
  type GrpcObject,
  loadPackageDefinition,
  type ServiceClientConstructor,
} from "@grpc/grpc-js";
import { loadSync } from "@grpc/proto-loader";
import type { SessionView, Usage } from "../model/session.ts";

export interface SessionMessage {
  id: number;
  state: string;
  tenant: string;
  weight: number;
  pid: number;
  uid: number;
  gid: number;
  program: string;
  devices: number[];
  executorPid: number;
  memoryQuotaBytes?: number;
  startedAtUnixMs: number;
  usage: Usage;
  endReason: string;
}

export interface DeviceMessage {
  ordinal: number;
  name: string;
  uuid: string;
  memoryBytes: number;
  computeMajor: number;
  computeMinor: number;
  pciBusId: string;
  sessions: number;
  memoryUsedBytes: number;
}

export interface DevicesMessage {
  driverPath: string;
  driverKind: string;
  driverVersion: number;
  devices: DeviceMessage[];
}

export interface TenantMessage {
  name: string;
  sessionsLive: number;
  sessionsEnded: number;
  usage: Usage;
}

export interface HealthMessage {
  version: string;
  pid: number;
  uptimeMs: number;
  draining: boolean;
  sessions: number;
  spareExecutors: number;
  executorFailure: string;
  socket: string;
}

/** The service as grpc-js knows it, from the .proto file at `path`. */
export function loadAdmin(path: string): ServiceClientConstructor {
  const definition = loadSync(path, { longs: Number, defaults: true, arrays: true });
  let found: GrpcObject | ServiceClientConstructor = loadPackageDefinition(definition);
  for (const name of ["gpuferry", "admin", "v1", "Admin"]) {
    found = (found as GrpcObject)[name] as GrpcObject | ServiceClientConstructor;
  }
  return found as ServiceClientConstructor;
}

export function sessionMessage(view: SessionView): SessionMessage {
  return {
    id: view.id,
    state: view.state,
    tenant: view.tenant,
    weight: view.weight,
    pid: view.peer.pid,
    uid: view.peer.uid,
    gid: view.peer.gid,
    program: view.program,
    devices: [...view.devices],
    executorPid: view.executorPid,
    ...(Number.isFinite(view.memoryQuotaBytes) ? { memoryQuotaBytes: view.memoryQuotaBytes } : {}),
    startedAtUnixMs: view.startedAt.getTime(),
    usage: view.usage,
    endReason: view.endReason ?? "",
  };
}
