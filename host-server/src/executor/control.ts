// Messages between server and executor, on the executor's descriptor 3: u32 little-endian length,
// then a msgpack map whose `type` says which. An executor works for a hostile guest, so what it says
// is checked like anyone's.
import { Packr, Unpackr } from "msgpackr";
import type { Backend, Device } from "../model/device.ts";
import { GpuferryError } from "../model/errors.ts";

export type ExecutorEndReason = "guest-left" | "poisoned" | "revoked" | "fault";

export type FromExecutor =
  /** `protocolHash`: 16 hex digits, of the description that the executor was generated from. */
  | ({ readonly type: "ready"; readonly protocolHash: string } & Backend)
  | { readonly type: "failed"; readonly reason: string }
  | { readonly type: "ended"; readonly reason: ExecutorEndReason; readonly detail: string };

export interface ServeMessage {
  readonly type: "serve";
  readonly sessionId: number;
  readonly regionBytes: number;
  readonly heapBytes: number;
  /** Ordinals of the backend's devices that the session sees, in the order in which it sees them. */
  readonly devices: readonly number[];
  /** Infinity: the device's own limit. */
  readonly memoryQuotaBytes: number;
  readonly program: string;
  readonly guestPid: number;
  /** Seals the handles by which sessions of one tenant open each other's memory; 64 hex digits. */
  readonly shareKey: string;
}

export type ToExecutor = ServeMessage | { readonly type: "end"; readonly reason: string };

export const maxMessageBytes = 1 << 20;
const maxDevices = 64;
const maxTextLength = 4096;

const packr = new Packr({ useRecords: false });
const unpackr = new Unpackr({ useRecords: false, int64AsType: "number" });

/** A frame for the wire. Sizes go as integers: msgpackr would make doubles of those beyond 2^32. */
export function encodeMessage(message: ToExecutor): Buffer {
  const wire =
    message.type === "serve"
      ? {
          ...message,
          regionBytes: BigInt(message.regionBytes),
          heapBytes: BigInt(message.heapBytes),
          memoryQuotaBytes: Number.isFinite(message.memoryQuotaBytes)
            ? BigInt(Math.floor(message.memoryQuotaBytes))
            : 2n ** 64n - 1n,
        }
      : message;
  const body = packr.pack(wire);
  const frame = Buffer.alloc(4 + body.length);
  frame.writeUInt32LE(body.length, 0);
  body.copy(frame, 4);
  return frame;
}

/** Cuts a byte stream into messages; keeps what is incomplete. */
export class MessageReader {
  #pending: Buffer = Buffer.alloc(0);

  /** @throws GpuferryError GF_EXECUTOR if the peer does not keep to the protocol */
  push(chunk: Buffer): FromExecutor[] {
    this.#pending = this.#pending.length === 0 ? chunk : Buffer.concat([this.#pending, chunk]);
    const messages: FromExecutor[] = [];
    while (this.#pending.length >= 4) {
      const size = this.#pending.readUInt32LE(0);
      if (size > maxMessageBytes) throw protocolError(`a message of ${size} bytes`);
      if (this.#pending.length < 4 + size) break;
      messages.push(decodeMessage(this.#pending.subarray(4, 4 + size)));
      this.#pending = this.#pending.subarray(4 + size);
    }
    return messages;
  }
}

function decodeMessage(bytes: Buffer): FromExecutor {
  let value: unknown;
  try {
    value = unpackr.unpack(bytes);
  } catch {
    throw protocolError(`${bytes.length} bytes that are no msgpack`);
  }
  const map = record(value, "a message");
  switch (map.type) {
    case "ready":
      return { type: "ready", protocolHash: text(map, "protocolHash"), ...backend(map) };
    case "failed":
      return { type: "failed", reason: text(map, "reason") };
    case "ended": {
      const reason = text(map, "reason");
      if (!isEndReason(reason)) throw protocolError(`end reason ${JSON.stringify(reason)}`);
      return {
        type: "ended",
        reason,
        detail: map.detail === undefined ? "" : text(map, "detail"),
      };
    }
    default:
      throw protocolError(`message type ${JSON.stringify(map.type)}`);
  }
}

function backend(map: Record<string, unknown>): Backend {
  const kind = text(map, "driverKind");
  if (kind !== "soft" && kind !== "native")
    throw protocolError(`driverKind ${JSON.stringify(kind)}`);
  const devices = map.devices;
  if (!Array.isArray(devices) || devices.length > maxDevices)
    throw protocolError("a bad list of devices");
  return {
    driverPath: text(map, "driverPath"),
    driverKind: kind,
    driverVersion: count(map, "driverVersion"),
    devices: devices.map(device),
  };
}

function device(value: unknown): Device {
  const map = record(value, "a device");
  return {
    ordinal: count(map, "ordinal"),
    name: text(map, "name"),
    uuid: text(map, "uuid"),
    memoryBytes: count(map, "memoryBytes"),
    computeMajor: count(map, "computeMajor"),
    computeMinor: count(map, "computeMinor"),
    pciBusId: text(map, "pciBusId"),
  };
}

function isEndReason(reason: string): reason is ExecutorEndReason {
  return ["guest-left", "poisoned", "revoked", "fault"].includes(reason);
}

function record(value: unknown, what: string): Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw protocolError(`${what} that is no map`);
  }
  return value as Record<string, unknown>;
}

function text(map: Record<string, unknown>, key: string): string {
  const value = map[key];
  if (typeof value !== "string" || value.length > maxTextLength)
    throw protocolError(`a bad ${key}`);
  return value;
}

function count(map: Record<string, unknown>, key: string): number {
  const value = map[key];
  if (typeof value !== "number" || !Number.isSafeInteger(value) || value < 0) {
    throw protocolError(`a bad ${key}: ${String(value)}`);
  }
  return value;
}

function protocolError(what: string): GpuferryError {
  return new GpuferryError("GF_EXECUTOR", `the executor sent ${what}`);
}
