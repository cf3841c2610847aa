// A whole host with real sockets, credentials and processes; only the executor is a double, and so no
// CUDA is spoken. What guests see of the real one is tested under test/.
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import {
  layout as abi,
  GF_ABI_VERSION,
  GF_HELLO_MAGIC,
  GF_WELCOME_MALFORMED,
  GF_WELCOME_NO_CAPACITY,
  GF_WELCOME_NO_DEVICE,
  GF_WELCOME_NOT_ALLOWED,
  GF_WELCOME_OK,
  GF_WELCOME_VERSION_MISMATCH,
} from "../../protocol/generated/ts/abi.ts";
import { PROTOCOL_HASH } from "../../protocol/generated/ts/cuda.ts";
import { AdminClient } from "./admin/client.ts";
import { createLogger } from "./cli/logging.ts";
import { surroundings } from "./config/addresses.ts";
import { parseConfig } from "./config/config.ts";
import { findLayout } from "./config/layout.ts";
import { type Host, startHost } from "./main.ts";

const here = dirname(fileURLToPath(import.meta.url));
const double = join(here, "executor/testing/executor-double.mjs");
const uid = process.getuid?.() ?? 0;
const layout = findLayout();

let directory: string;
let socket: string;
let host: Host | undefined;
let admin: AdminClient;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "gpuferry-host-"));
  socket = join(directory, "host.sock");
});

afterEach(async () => {
  admin?.close();
  await host?.stop();
  host = undefined;
  vi.unstubAllEnvs();
  rmSync(directory, { recursive: true, force: true });
});

async function serve(toml = "", mode = "serve"): Promise<void> {
  vi.stubEnv("GPUFERRY_DOUBLE", mode);
  vi.stubEnv("GPUFERRY_DOUBLE_PROTOCOL", PROTOCOL_HASH.toString(16).padStart(16, "0"));
  const config = parseConfig(
    `[server]\nsocket = "${socket}"\nhello_timeout = "200ms"\n[executor]\npath = "${double}"\n${toml}`,
    "test",
    surroundings(),
  );
  const log = createLogger({ level: "error", format: "json" });
  host = await startHost(config, layout, log, { private: false });
  admin = new AdminClient(layout.adminProto, config.server.adminSocket);
  if (mode === "serve") await host.backend;
}

interface Wish {
  hash?: bigint;
  tenant?: string;
  weight?: number;
}

function hello({ hash = PROTOCOL_HASH, tenant = "", weight = 0 }: Wish = {}): Buffer {
  const at = abi.gf_hello;
  const bytes = Buffer.alloc(at.sizeBytes);
  bytes.writeBigUInt64LE(GF_HELLO_MAGIC, at.magic.offsetBytes);
  bytes.writeUInt32LE(GF_ABI_VERSION, at.abi_version.offsetBytes);
  bytes.writeUInt32LE(at.sizeBytes, at.size_bytes.offsetBytes);
  bytes.writeBigUInt64LE(hash, at.protocol_hash.offsetBytes);
  bytes.write("guest", at.program.offsetBytes);
  bytes.write(tenant, at.tenant.offsetBytes);
  bytes.writeUInt32LE(weight, at.weight.offsetBytes);
  return bytes;
}

/** Says `bytes` and returns the welcome's status; the connection stays open on success. */
function greet(bytes: Buffer): Promise<{ guest: Socket; status: number; closed: Promise<void> }> {
  const guest = connect(socket);
  guest.on("error", () => guest.destroy());
  const closed = new Promise<void>((resolve) => guest.once("close", () => resolve()));
  guest.write(bytes);
  return new Promise((resolve, reject) => {
    guest.once("data", (welcome) =>
      resolve({ guest, status: welcome.readUInt32LE(abi.gf_welcome.status.offsetBytes), closed }),
    );
    void closed.then(() => reject(new Error("closed without a welcome")));
  });
}

/** The memfds that this process holds open. */
function memfds(): string[] {
  return readdirSync("/proc/self/fd").flatMap((fd) => {
    try {
      const target = readlinkSync(`/proc/self/fd/${fd}`);
      return target.startsWith("/memfd:gpuferry") ? [target] : [];
    } catch {
      return []; // the descriptor that readdir itself used
    }
  });
}

async function runningExecutor(): Promise<number> {
  const sessions = await admin.sessions();
  return sessions[0]?.executorPid ?? 0;
}

const gone = (pid: number) =>
  !existsSync(`/proc/${pid}/stat`) || /\) Z /.test(readFileSync(`/proc/${pid}/stat`, "utf8"));

describe("a guest", () => {
  test("gets a session, which admins see, and leaves nothing behind", async () => {
    await serve();
    const { guest, status } = await greet(hello({ weight: 3 }));
    expect(status).toBe(GF_WELCOME_OK);
    const [session] = await admin.sessions();
    expect(session).toMatchObject({
      state: "running",
      tenant: "default",
      weight: 3,
      program: "guest",
      uid,
      pid: process.pid,
      devices: [0],
    });
    guest.destroy();
    await vi.waitFor(async () => expect(await admin.sessions()).toEqual([]), { timeout: 1000 });
    expect(gone(session?.executorPid ?? 0)).toBe(true);
    expect(memfds()).toEqual([]);
    expect(await admin.tenants()).toMatchObject([
      { name: "default", sessionsLive: 0, sessionsEnded: 1 },
    ]);
  });

  test("of a killed executor is told by its socket", async () => {
    await serve();
    const { closed } = await greet(hello());
    process.kill(await runningExecutor(), "SIGKILL");
    await closed;
    await vi.waitFor(async () => expect(await admin.sessions()).toEqual([]), { timeout: 1000 });
  });

  test("that talks after its welcome is sent home", async () => {
    await serve();
    const { guest, closed } = await greet(hello());
    guest.write("and another thing");
    await closed;
  });

  test("that says nothing is closed", async () => {
    await serve();
    const { status } = await greet(Buffer.alloc(0));
    expect(status).toBe(GF_WELCOME_MALFORMED);
  });

  test("is served while others connect and keep silent", async () => {
    await serve();
    const silent: Socket[] = [];
    while (silent.length < 150) {
      const stranger = connect(socket);
      const queueIsFull = await once(stranger, "connect").then(
        () => false,
        (error: NodeJS.ErrnoException) => {
          if (error.code !== "EAGAIN") throw error;
          return true;
        },
      );
      if (queueIsFull) {
        await setTimeout(1); // until the server has taken some
        continue;
      }
      stranger.on("error", () => stranger.destroy());
      silent.push(stranger);
    }
    const { guest, status } = await greet(hello());
    expect(status).toBe(GF_WELCOME_OK);
    guest.destroy();
    for (const stranger of silent) stranger.destroy();
  });
});

describe("a refusal", () => {
  test.each([
    ["another protocol", hello({ hash: 1n }), GF_WELCOME_VERSION_MISMATCH],
    ["what is no hello", Buffer.from("GET / HTTP/1.1\r\n"), GF_WELCOME_MALFORMED],
    ["a tenant that does not list it", hello({ tenant: "other" }), GF_WELCOME_NOT_ALLOWED],
    ["too much weight", hello({ weight: 9 }), GF_WELCOME_NOT_ALLOWED],
  ])("meets %s", async (_, bytes, expected) => {
    await serve(`
      [[tenant]]
      name = "mine"
      uids = [${uid}]
      max_weight = 8
      [[tenant]]
      name = "other"
      uids = [${uid + 1}]`);
    const { status, closed } = await greet(bytes);
    expect(status).toBe(expected);
    await closed;
    await vi.waitFor(async () => expect(await admin.sessions()).toEqual([]));
  });

  test("meets one more than the tenant may have, until one leaves", async () => {
    await serve(`[[tenant]]\nname = "mine"\nuids = [${uid}]\nmax_sessions = 1`);
    const first = await greet(hello());
    const second = await greet(hello());
    expect([first.status, second.status]).toEqual([GF_WELCOME_OK, GF_WELCOME_NO_CAPACITY]);
    first.guest.destroy();
    await vi.waitFor(async () => expect(await admin.sessions()).toEqual([]));
    expect((await greet(hello())).status).toBe(GF_WELCOME_OK);
  });

  test("meets everybody while no executor comes up", async () => {
    await serve("", "fail");
    await expect(host?.backend).rejects.toThrow(/no libcuda/);
    expect((await greet(hello())).status).toBe(GF_WELCOME_NO_DEVICE);
    expect((await admin.health()).executorFailure).toMatch(/no libcuda/);
  });
});

describe("an admin", () => {
  test("ends a session", async () => {
    await serve();
    const { closed } = await greet(hello());
    const [session] = await admin.sessions();
    await admin.endSession(session?.id ?? 0);
    await closed;
    expect(await admin.sessions()).toEqual([]);
    await expect(admin.endSession(99)).rejects.toMatchObject({ code: "GF_NO_SUCH_SESSION" });
  });

  test("drains: who is there stays, who comes is refused", async () => {
    await serve();
    const first = await greet(hello());
    await admin.drain(true);
    expect((await greet(hello())).status).toBe(GF_WELCOME_NO_CAPACITY);
    expect(await admin.sessions()).toHaveLength(1);
    await admin.drain(false);
    expect((await greet(hello())).status).toBe(GF_WELCOME_OK);
    first.guest.destroy();
  });

  test("watches sessions come and go", async () => {
    await serve();
    const seen: string[] = [];
    const stream = admin.watch();
    stream.on("data", ({ state }: { state: string }) => seen.push(state));
    stream.on("error", () => {});
    await admin.health();
    const { guest } = await greet(hello());
    guest.destroy();
    await vi.waitFor(() => expect(seen).toEqual(["admitted", "running", "ending", "reaped"]));
    stream.cancel();
  });

  test("is told where no server is", async () => {
    admin = new AdminClient(layout.adminProto, join(directory, "admin.sock"));
    await expect(admin.health()).rejects.toMatchObject({ code: "GF_NO_SERVER" });
  });
});

describe("a server", () => {
  test("refuses to share its socket, and takes over that of a dead one", async () => {
    await serve();
    const first = host;
    await expect(serve()).rejects.toMatchObject({ code: "GF_SERVER_RUNS" });
    expect((await greet(hello())).status).toBe(GF_WELCOME_OK);
    await first?.stop();
    host = undefined;
    expect(readdirSync(directory)).toEqual([]);
  });

  test("that stops sends its guests home", async () => {
    await serve();
    const { closed } = await greet(hello());
    const pid = await runningExecutor();
    await host?.stop();
    host = undefined;
    await closed;
    expect(gone(pid)).toBe(true);
  });
});
