import { Packr, unpack } from "msgpackr";
import { describe, expect, test } from "vitest";
import { encodeMessage, MessageReader, maxMessageBytes } from "./control.ts";

const packr = new Packr({ useRecords: false });

function frame(value: unknown): Buffer {
  const body = packr.pack(value);
  const head = Buffer.alloc(4);
  head.writeUInt32LE(body.length);
  return Buffer.concat([head, body]);
}

const ready = {
  type: "ready",
  protocolHash: "0123456789abcdef",
  driverPath: "/x/libcuda.so.1",
  driverKind: "soft",
  driverVersion: 13000,
  devices: [
    {
      ordinal: 0,
      name: "soft",
      uuid: "GPU-0",
      memoryBytes: 8 * 2 ** 30,
      computeMajor: 8,
      computeMinor: 0,
      pciBusId: "0000:00:00.0",
    },
  ],
};

describe("reading", () => {
  test("messages come whole however the stream is cut", () => {
    const stream = Buffer.concat([
      frame(ready),
      frame({ type: "ended", reason: "fault", detail: "x" }),
    ]);
    for (let cut = 0; cut <= stream.length; cut++) {
      const reader = new MessageReader();
      const messages = [
        ...reader.push(stream.subarray(0, cut)),
        ...reader.push(stream.subarray(cut)),
      ];
      expect(messages).toEqual([ready, { type: "ended", reason: "fault", detail: "x" }]);
    }
  });

  test.each([
    ["a wrong type", { type: "hello" }, /message type "hello"/],
    ["no map", [1, 2], /no map/],
    ["a reason that is none", { type: "ended", reason: "bored" }, /bored/],
    ["a kind that is none", { ...ready, driverKind: "x" }, /driverKind "x"/],
    ["a negative count", { ...ready, driverVersion: -1 }, /driverVersion: -1/],
    ["devices that are no list", { ...ready, devices: 3 }, /devices/],
    ["an endless text", { type: "failed", reason: "x".repeat(10_000) }, /reason/],
  ])("%s is refused and named", (_, message, error) => {
    expect(() => new MessageReader().push(frame(message))).toThrow(error);
  });

  test("an oversized length is refused before anything is kept", () => {
    const head = Buffer.alloc(4);
    head.writeUInt32LE(maxMessageBytes + 1);
    expect(() => new MessageReader().push(head)).toThrow(/bytes/);
  });
});

test("sizes are integers on the wire, and no limit is the largest", () => {
  const bytes = encodeMessage({
    type: "serve",
    sessionId: 7,
    regionBytes: 2 ** 34,
    heapBytes: 2 ** 33,
    devices: [0],
    memoryQuotaBytes: Number.POSITIVE_INFINITY,
    program: "a.out",
    guestPid: 42,
    shareKey: "0a",
  });
  expect(bytes.readUInt32LE(0)).toBe(bytes.length - 4);
  const decoded = unpack(bytes.subarray(4)) as Record<string, unknown>;
  expect(decoded.memoryQuotaBytes).toBe(2n ** 64n - 1n);
  expect(bytes.includes(0xcb)).toBe(false); // no float64 marker
  expect(Number(decoded.regionBytes)).toBe(2 ** 34);
});
