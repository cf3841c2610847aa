// The bytes that open a session: gf_hello comes in, gf_welcome goes out (protocol/abi/handshake.h).
import {
  GF_ABI_VERSION,
  GF_HELLO_MAGIC,
  GF_HELLO_OPENS_GL,
  GF_WELCOME_MAGIC,
  GF_WELCOME_MALFORMED,
  GF_WELCOME_NO_CAPACITY,
  GF_WELCOME_NO_DEVICE,
  GF_WELCOME_NOT_ALLOWED,
  GF_WELCOME_OK,
  GF_WELCOME_VERSION_MISMATCH,
  layout,
} from "../../../protocol/generated/ts/abi.ts";
import { PROTOCOL_HASH } from "../../../protocol/generated/ts/cuda.ts";
import { GpuferryError, type Refusal } from "../model/errors.ts";

export interface Hello {
  readonly abiVersion: number;
  readonly protocolHash: bigint;
  /** As the guest sees itself; for display. */
  readonly pid: number;
  readonly program: string;
  readonly version: string;
  /** Its first call is one of OpenGL. */
  readonly opensGl: boolean;
  /** "": the server chooses. */
  readonly tenant: string;
  /** 0: the tenant's own. */
  readonly weight: number;
}

/** A newer guest may send more than this server knows; this much at most. */
export const maxHelloBytes = 4096;

const helloLayout = layout.gf_hello;
const welcomeLayout = layout.gf_welcome;

const statusOf: Record<Refusal, number> = {
  versionMismatch: GF_WELCOME_VERSION_MISMATCH,
  notAllowed: GF_WELCOME_NOT_ALLOWED,
  noCapacity: GF_WELCOME_NO_CAPACITY,
  noDevice: GF_WELCOME_NO_DEVICE,
  malformed: GF_WELCOME_MALFORMED,
};

/**
 * The hello in `bytes`, or undefined while there are too few. A guest of another version is read as
 * far as every version agrees on the fields; {@link requireVersion} then says what is wrong with it.
 * @throws GpuferryError GF_MALFORMED
 */
export function readHello(bytes: Buffer): Hello | undefined {
  if (bytes.length >= 8 && bytes.readBigUInt64LE(0) !== GF_HELLO_MAGIC) {
    throw new GpuferryError("GF_MALFORMED", "what was sent is no hello of gpuferry");
  }
  if (bytes.length < helloLayout.size_bytes.offsetBytes + 4) return undefined;
  const sizeBytes = bytes.readUInt32LE(helloLayout.size_bytes.offsetBytes);
  const common = helloLayout.tenant.offsetBytes;
  if (sizeBytes < common || sizeBytes > maxHelloBytes) {
    throw new GpuferryError("GF_MALFORMED", `a hello of ${sizeBytes} bytes`);
  }
  if (bytes.length < sizeBytes) return undefined;
  if (bytes.length > sizeBytes) {
    throw new GpuferryError("GF_MALFORMED", `${bytes.length - sizeBytes} bytes after the hello`);
  }
  const whole = sizeBytes >= helloLayout.sizeBytes;
  return {
    abiVersion: bytes.readUInt32LE(helloLayout.abi_version.offsetBytes),
    protocolHash: bytes.readBigUInt64LE(helloLayout.protocol_hash.offsetBytes),
    pid: bytes.readUInt32LE(helloLayout.pid.offsetBytes),
    program: text(bytes, helloLayout.program),
    version: text(bytes, helloLayout.version),
    opensGl: (bytes.readUInt32LE(helloLayout.flags.offsetBytes) & GF_HELLO_OPENS_GL) !== 0,
    tenant: whole ? text(bytes, helloLayout.tenant) : "",
    weight: whole ? bytes.readUInt32LE(helloLayout.weight.offsetBytes) : 0,
  };
}

/** @throws GpuferryError GF_VERSION_MISMATCH naming both sides */
export function requireVersion(hello: Hello, serverVersion: string): void {
  if (hello.abiVersion === GF_ABI_VERSION && hello.protocolHash === PROTOCOL_HASH) return;
  throw new GpuferryError(
    "GF_VERSION_MISMATCH",
    `guest is gpuferry ${describe(hello.version, hello.abiVersion, hello.protocolHash)}, host is ` +
      `${describe(serverVersion, GF_ABI_VERSION, PROTOCOL_HASH)}: install the same version on both`,
  );
}

function describe(version: string, abiVersion: number, hash: bigint): string {
  return `${version || "(unnamed)"} (ABI ${abiVersion}, protocol ${hash.toString(16)})`;
}

/** What a guest gets together with its descriptors. */
export function acceptance(sessionId: number, regionBytes: number): Buffer {
  return welcome(GF_WELCOME_OK, "", sessionId, regionBytes);
}

export function refusal(error: GpuferryError): Buffer {
  return welcome(statusOf[error.refusal], error.message, 0, 0);
}

function welcome(status: number, message: string, sessionId: number, regionBytes: number): Buffer {
  const bytes = Buffer.alloc(welcomeLayout.sizeBytes);
  bytes.writeBigUInt64LE(GF_WELCOME_MAGIC, welcomeLayout.magic.offsetBytes);
  bytes.writeUInt32LE(GF_ABI_VERSION, welcomeLayout.abi_version.offsetBytes);
  bytes.writeUInt32LE(status, welcomeLayout.status.offsetBytes);
  bytes.writeBigUInt64LE(PROTOCOL_HASH, welcomeLayout.protocol_hash.offsetBytes);
  bytes.writeBigUInt64LE(BigInt(sessionId), welcomeLayout.session_id.offsetBytes);
  bytes.writeBigUInt64LE(BigInt(regionBytes), welcomeLayout.region_bytes.offsetBytes);
  // One byte stays zero: the text is zero-terminated even when it had to be cut.
  const { offsetBytes, sizeBytes } = welcomeLayout.message;
  bytes.write(message.replaceAll("\n", " "), offsetBytes, sizeBytes - 1, "utf8");
  return bytes;
}

/** Text up to the first zero, without what could mislead a terminal or a log. */
function text(bytes: Buffer, field: { offsetBytes: number; sizeBytes: number }): string {
  const raw = bytes.subarray(field.offsetBytes, field.offsetBytes + field.sizeBytes);
  const end = raw.indexOf(0);
  return raw.toString("utf8", 0, end < 0 ? raw.length : end).replace(/\p{Cc}/gu, "?");
}
