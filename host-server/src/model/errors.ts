// Every error gpuferry itself raises, in one table: a stable code, the exit code of the command that
// ends with it, and how a guest is told.

/** How a guest is told that it is refused; protocol/abi/handshake.h has a number for each. */
export type Refusal = "versionMismatch" | "notAllowed" | "noCapacity" | "noDevice" | "malformed";

interface ErrorRow {
  readonly exitCode: number;
  readonly refusal?: Refusal;
}

/** Exit codes are documented in docs/cli.md. */
export const errorTable = {
  GF_USAGE: { exitCode: 2 },
  GF_CONFIG: { exitCode: 3 },
  GF_NO_SERVER: { exitCode: 4 },
  GF_SERVER_RUNS: { exitCode: 5 },
  GF_NOT_BUILT: { exitCode: 6 },
  GF_NO_SUCH_SESSION: { exitCode: 7 },
  GF_NO_DEVICE: { exitCode: 8, refusal: "noDevice" },
  GF_EXECUTOR: { exitCode: 8, refusal: "noDevice" },
  GF_SOCKET: { exitCode: 9 },
  GF_NOT_ALLOWED: { exitCode: 10, refusal: "notAllowed" },
  GF_NO_CAPACITY: { exitCode: 11, refusal: "noCapacity" },
  GF_VERSION_MISMATCH: { exitCode: 12, refusal: "versionMismatch" },
  GF_MALFORMED: { exitCode: 1, refusal: "malformed" },
  GF_INTERNAL: { exitCode: 1 },
} as const satisfies Record<string, ErrorRow>;

export type ErrorCode = keyof typeof errorTable;

export class GpuferryError extends Error {
  override readonly name = "GpuferryError";

  constructor(
    readonly code: ErrorCode,
    /** One line for people; names the offending value. */
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }

  get exitCode(): number {
    return errorTable[this.code].exitCode;
  }

  /** What has no refusal of its own is the host's failure to serve. */
  get refusal(): Refusal {
    const row: ErrorRow = errorTable[this.code];
    return row.refusal ?? "noDevice";
  }
}

/** Whatever was thrown, as an Error. */
export function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}

/** What the system refused (a full disk, too many open files), in one line; undefined of any other error. */
export function systemErrorLine(thrown: unknown): string | undefined {
  const code = systemCode(thrown);
  if (code === undefined || !(thrown instanceof Error) || !("syscall" in thrown)) return undefined;
  const limit = code === "EMFILE" ? " (ulimit -n)" : code === "EAGAIN" ? " (ulimit -u)" : "";
  return `${thrown.message}${limit}`;
}

/** The `code` of a system error such as ENOENT, if it is one. */
export function systemCode(thrown: unknown): string | undefined {
  if (thrown instanceof Error && "code" in thrown && typeof thrown.code === "string") {
    return thrown.code;
  }
  return undefined;
}
