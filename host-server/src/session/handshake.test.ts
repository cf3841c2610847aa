import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  GF_ABI_VERSION,
  GF_HELLO_MAGIC,
  GF_HELLO_OPENS_GL,
  layout,
} from "../../../protocol/generated/ts/abi.ts";
import { PROTOCOL_HASH } from "../../../protocol/generated/ts/cuda.ts";
import { GpuferryError } from "../model/errors.ts";
import { acceptance, readHello, refusal, requireVersion } from "./handshake.ts";

const at = layout.gf_hello;

function hello(over: { sizeBytes?: number; magic?: bigint } = {}): Buffer {
  const sizeBytes = over.sizeBytes ?? at.sizeBytes;
  const bytes = Buffer.alloc(Math.max(sizeBytes, at.sizeBytes));
  bytes.writeBigUInt64LE(over.magic ?? GF_HELLO_MAGIC, 0);
  bytes.writeUInt32LE(GF_ABI_VERSION, at.abi_version.offsetBytes);
  bytes.writeUInt32LE(sizeBytes, at.size_bytes.offsetBytes);
  bytes.writeBigUInt64LE(PROTOCOL_HASH, at.protocol_hash.offsetBytes);
  bytes.writeUInt32LE(42, at.pid.offsetBytes);
  bytes.write("a.out", at.program.offsetBytes);
  bytes.write("0.1.0", at.version.offsetBytes);
  return bytes.subarray(0, sizeBytes);
}

describe("a hello", () => {
  test("is read once it is whole", () => {
    const bytes = hello();
    bytes.writeUInt32LE(GF_HELLO_OPENS_GL, at.flags.offsetBytes);
    bytes.write("red", at.tenant.offsetBytes);
    bytes.writeUInt32LE(3, at.weight.offsetBytes);
    for (let n = 0; n < bytes.length; n++) expect(readHello(bytes.subarray(0, n))).toBeUndefined();
    expect(readHello(bytes)).toEqual({
      abiVersion: GF_ABI_VERSION,
      protocolHash: PROTOCOL_HASH,
      pid: 42,
      program: "a.out",
      version: "0.1.0",
      opensGl: true,
      tenant: "red",
      weight: 3,
    });
  });

  test("may be longer, from a newer guest, or end before the wishes, from an older one", () => {
    expect(readHello(hello({ sizeBytes: at.sizeBytes + 64 }))?.program).toBe("a.out");
    expect(readHello(hello({ sizeBytes: at.tenant.offsetBytes }))?.weight).toBe(0);
  });

  test("may not bring escape sequences into a log", () => {
    const bytes = hello();
    bytes.write("\u001b[31mred\n", at.program.offsetBytes);
    expect(readHello(bytes)?.program).toBe("?[31mred?");
  });

  test.each([
    ["another magic", hello({ magic: 1n }), /no hello/],
    ["too short", hello({ sizeBytes: 64 }), /64 bytes/],
    ["too long", hello({ sizeBytes: 8192 }), /8192 bytes/],
    ["more than it says", Buffer.concat([hello(), Buffer.alloc(1)]), /1 bytes after/],
  ])("of %s is refused", (_, bytes, error) => expect(() => readHello(bytes)).toThrow(error));

  test("of any bytes is read, waited for or refused as malformed, nothing else", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), fc.boolean(), (raw, realMagic) => {
        const bytes = Buffer.from(raw);
        if (realMagic && bytes.length >= 8) bytes.writeBigUInt64LE(GF_HELLO_MAGIC, 0);
        try {
          readHello(bytes);
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(GpuferryError);
          expect((thrown as GpuferryError).code).toBe("GF_MALFORMED");
        }
      }),
    );
  });
});

test("a guest of another protocol is told both versions", () => {
  const read = readHello(hello());
  if (read === undefined) throw new Error("unread");
  requireVersion(read, "0.1.0");
  expect(() => requireVersion({ ...read, version: "0.0.9", protocolHash: 1n }, "0.1.0")).toThrow(
    /guest is gpuferry 0\.0\.9 .*protocol 1\), host is 0\.1\.0/,
  );
  expect(() => requireVersion({ ...read, abiVersion: 99 }, "0.1.0")).toThrow(/ABI 99/);
});

describe("a welcome", () => {
  const w = layout.gf_welcome;
  test("of a refusal says why, in one line that ends", () => {
    const bytes = refusal(new GpuferryError("GF_NO_CAPACITY", `full\nup ${"x".repeat(500)}`));
    expect(bytes.length).toBe(256);
    expect(bytes.readUInt32LE(w.status.offsetBytes)).toBe(3);
    const message = bytes.subarray(w.message.offsetBytes);
    expect(message.at(-1)).toBe(0);
    expect(message.toString("utf8").startsWith("full up xxx")).toBe(true);
  });

  test("of a session names it and its region", () => {
    const bytes = acceptance(7, 2 ** 34);
    expect(bytes.readUInt32LE(w.status.offsetBytes)).toBe(0);
    expect(bytes.readBigUInt64LE(w.session_id.offsetBytes)).toBe(7n);
    expect(bytes.readBigUInt64LE(w.region_bytes.offsetBytes)).toBe(2n ** 34n);
  });
});
