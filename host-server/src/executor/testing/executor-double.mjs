#!/usr/bin/env node
// Speaks the control protocol of an executor and does nothing else: for tests of the supervisor, which
// want processes that fail in every way at will. GPUFERRY_DOUBLE says how:
//   serve (default)  ready, then ends when told or when the server is gone
//   fail             says why it failed, and exits
//   silent           is never ready
//   stubborn         is ready, and does not end when told
//   stale            was built from another protocol than GPUFERRY_DOUBLE_PROTOCOL, which is the server's
//   garbage          sends what is no message
import { Socket } from "node:net";
import { Packr, Unpackr } from "msgpackr";

const mode = process.env.GPUFERRY_DOUBLE ?? "serve";
const control = new Socket({ fd: 3 });
const packr = new Packr({ useRecords: false });
const unpackr = new Unpackr({ useRecords: false });

function send(message) {
  const body = packr.pack(message);
  const head = Buffer.alloc(4);
  head.writeUInt32LE(body.length);
  control.write(Buffer.concat([head, body]));
}

const ready = {
  type: "ready",
  protocolHash: mode === "stale" ? "0".repeat(16) : process.env.GPUFERRY_DOUBLE_PROTOCOL,
  driverPath: "/nowhere/libcuda.so.1",
  driverKind: "soft",
  driverVersion: 13000,
  devices: [
    {
      ordinal: 0,
      name: "double",
      uuid: "GPU-0",
      memoryBytes: 2 ** 30,
      computeMajor: 8,
      computeMinor: 0,
      pciBusId: "0000:00:00.0",
    },
  ],
};

process.stderr.write(`${JSON.stringify({ level: "warn", message: "double started", mode })}\n`);
if (mode === "garbage") control.write(Buffer.alloc(64, 0xff));
else if (mode === "fail") {
  send({ type: "failed", reason: "no libcuda.so.1 in the double" });
  control.end();
} else if (mode !== "silent") send(ready);

let pending = Buffer.alloc(0);
control.on("data", (chunk) => {
  pending = Buffer.concat([pending, chunk]);
  while (pending.length >= 4 && pending.length >= 4 + pending.readUInt32LE(0)) {
    const size = pending.readUInt32LE(0);
    const message = unpackr.unpack(pending.subarray(4, 4 + size));
    pending = pending.subarray(4 + size);
    process.stderr.write(`heard ${message.type}\n`);
    if (message.type === "end" && mode !== "stubborn") process.exit(0);
  }
});
if (mode === "stubborn") setInterval(() => {}, 1000);
else control.on("close", () => process.exit(0));
