import { execFileSync, spawn } from "node:child_process";
import {
  closeSync,
  fstatSync,
  ftruncateSync,
  mkdtempSync,
  readFileSync,
  readSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { layout as abi, GF_REGION_MAGIC } from "../../../protocol/generated/ts/abi.ts";
import { findLayout } from "../config/layout.ts";
import type { PeerCredentials } from "../model/session.ts";
import { type GrantPage, loadNative, type Native, SampleField, type Watcher } from "./native.ts";

let native: Native;
let directory: string;

beforeAll(() => {
  native = loadNative(findLayout().addon);
});
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "gpuferry-native-"));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

function bytesOf(fd: number, count: number): Buffer {
  const bytes = Buffer.alloc(count);
  readSync(fd, bytes, 0, count, 0);
  return bytes;
}

describe("a region", () => {
  test("has its header, its size, and no way to change that", () => {
    const heapBytes = 64 * 2 ** 20;
    const { fd, regionBytes } = native.createRegion(7, heapBytes);
    const header = bytesOf(fd, abi.gf_region.sizeBytes);
    expect(header.readBigUInt64LE(abi.gf_region.magic.offsetBytes)).toBe(GF_REGION_MAGIC);
    expect(header.readBigUInt64LE(abi.gf_region.session_id.offsetBytes)).toBe(7n);
    expect(header.readBigUInt64LE(abi.gf_region.heap_bytes.offsetBytes)).toBe(BigInt(heapBytes));
    expect(fstatSync(fd).size).toBe(regionBytes);
    expect(fstatSync(fd).blocks).toBeLessThan(64); // sparse
    expect(() => ftruncateSync(fd, 4096)).toThrow(/EPERM/);
    expect(() => ftruncateSync(fd, regionBytes + 4096)).toThrow(/EPERM/);
    closeSync(fd);
  });

  test("that cannot be made names its size", () => {
    expect(() => native.createRegion(1, 2 ** 63)).toThrow(/EINVAL.*gpuferry-region/);
  });
});

describe("a grant page", () => {
  const at = abi.gf_grant;
  const read = (page: GrantPage) => bytesOf(page.fd, at.sizeBytes);

  test("starts ungated with its quota", () => {
    const page = new native.GrantPage(5000);
    expect(read(page).readBigUInt64LE(at.granted_ns.offsetBytes)).toBe(2n ** 64n - 1n);
    expect(read(page).readBigUInt64LE(at.memory_quota_bytes.offsetBytes)).toBe(5000n);
    page.close();
  });

  test("carries grants and the revocation, each with a new sequence number", () => {
    const page = new native.GrantPage(Number.POSITIVE_INFINITY);
    expect(read(page).readBigUInt64LE(at.memory_quota_bytes.offsetBytes)).toBe(2n ** 64n - 1n);
    page.grant(123_456_789);
    expect(read(page).readBigUInt64LE(at.granted_ns.offsetBytes)).toBe(123_456_789n);
    page.grant(Number.POSITIVE_INFINITY);
    page.revoke();
    expect(read(page).readBigUInt64LE(at.granted_ns.offsetBytes)).toBe(2n ** 64n - 1n);
    expect(read(page).readUInt32LE(at.revoked.offsetBytes)).toBe(1);
    expect(read(page).readUInt32LE(at.grant_seq.offsetBytes)).toBe(3);
    page.close();
  });

  test("shows what the executor wrote", () => {
    const page = new native.GrantPage(0);
    const written = Buffer.alloc(48);
    for (let i = 0; i < 5; i++) written.writeBigUInt64LE(BigInt(i + 1) * 10n ** 12n, i * 8);
    written.writeUInt32LE(1, 40);
    written.writeUInt32LE(1, 44);
    writeSync(page.fd, written, 0, written.length, at.used_ns.offsetBytes);
    const sample = new Float64Array(SampleField.length);
    page.sample(sample);
    expect([...sample]).toEqual([1e12, 2e12, 3e12, 4e12, 5e12, 1, 1]);
    page.closeFd();
    page.sample(sample); // the page is still mapped
    expect(sample[SampleField.usedNs]).toBe(1e12);
    page.close();
    page.grant(1);
    page.revoke();
    page.sample(sample);
    expect(sample[SampleField.usedNs]).toBe(1e12);
  });
});

describe("sockets", () => {
  test("have their mode whatever the umask is", () => {
    for (const mode of [0o600, 0o666]) {
      const path = join(directory, `${mode}.sock`);
      const fd = native.listenUnix(path, mode);
      expect(statSync(path).mode & 0o777).toBe(mode);
      expect(() => native.listenUnix(path, mode)).toThrow(/EADDRINUSE.*\.sock/);
      closeSync(fd);
    }
    expect(() => native.listenUnix(`/${"x".repeat(200)}`, 0o600)).toThrow(/ENAMETOOLONG/);
  });

  test("carry descriptors to another process", () => {
    const [ours, theirs] = native.socketPair("stream");
    const { fd } = native.createRegion(9, 2 ** 20);
    expect(native.sendFds(ours, Buffer.from("x"), [fd])).toBe(1);
    closeSync(fd);
    const script =
      "import os, socket\n" +
      "s = socket.socket(fileno=3)\n" +
      "data, fds, _, _ = socket.recv_fds(s, 16, 4)\n" +
      "print(data.decode(), os.fstat(fds[0]).st_size)";
    const said = execFileSync("python3", ["-c", script], {
      stdio: ["ignore", "pipe", "inherit", theirs],
      encoding: "utf8",
    });
    expect(said).toBe(`x ${256 * 2 ** 20 + 2 ** 20}\n`);
    closeSync(ours);
    expect(() => native.sendFds(theirs, Buffer.from("x"), [])).toThrow(/EPIPE/);
    expect(() => native.sendFds(theirs, Buffer.from("x"), Array(9).fill(0))).toThrow(/9 desc/);
    closeSync(theirs);
  });

  test("give what lies in them, and wait for nothing", () => {
    const [ours, theirs] = native.socketPair("stream");
    expect(native.receive(ours, 16)).toHaveLength(0);
    native.sendFds(theirs, Buffer.from("hello there"), []);
    expect(native.receive(ours, 5).toString()).toBe("hello");
    expect(native.receive(ours, 16).toString()).toBe(" there");
    closeSync(theirs);
    expect(native.receive(ours, 16)).toHaveLength(0);
    closeSync(ours);
  });

  test("of packets keep them apart", () => {
    const [a, b] = native.socketPair("seqpacket");
    native.sendFds(a, Buffer.from("one"), []);
    native.sendFds(a, Buffer.from("two"), []);
    const bytes = Buffer.alloc(16);
    expect(bytes.toString("utf8", 0, readSync(b, bytes))).toBe("one");
    closeSync(a);
    closeSync(b);
  });
});

test("a lock is one process's until it lets go", () => {
  const path = join(directory, "lock");
  const first = native.lockFile(path);
  expect(first).toBeGreaterThan(0);
  expect(native.lockFile(path)).toBe(-1);
  closeSync(first);
  const second = native.lockFile(path);
  expect(second).toBeGreaterThan(0);
  closeSync(second);
});

describe("a watcher", () => {
  let watcher: Watcher;
  const connections: { fd: number; peer: PeerCredentials }[] = [];
  const exits: number[] = [];
  beforeEach(() => {
    connections.length = 0;
    exits.length = 0;
    watcher = new native.Watcher((...event) => {
      if (event[0] === "connection") connections.push({ fd: event[1], peer: event[2] });
      else exits.push(event[1]);
    });
  });
  afterEach(() => watcher.close());

  test("tells who connected, by the kernel's word", async () => {
    const path = join(directory, "w.sock");
    const listener = native.listenUnix(path, 0o600);
    watcher.listen(listener);
    const socket = connect(path);
    await vi.waitFor(() => expect(connections).toHaveLength(1));
    const [connection] = connections;
    expect(connection?.peer).toEqual({
      pid: process.pid,
      uid: process.getuid?.(),
      gid: process.getgid?.(),
    });
    closeSync(connection?.fd ?? -1);
    await new Promise((resolve) => socket.once("close", resolve).resume());
    closeSync(listener);
  });

  test("tells when a process ends, unless asked to forget it", async () => {
    const [one, other] = [spawn("sleep", ["60"]), spawn("sleep", ["60"])];
    const token = watcher.watchProcess(one.pid ?? 0);
    const forgotten = watcher.watchProcess(other.pid ?? 0);
    expect(token).toBeGreaterThan(0);
    watcher.forget(forgotten);
    other.kill("SIGKILL");
    one.kill("SIGKILL");
    await vi.waitFor(() => expect(exits).toEqual([token]));
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(exits).toEqual([token]);
    expect(watcher.watchProcess(one.pid ?? 0)).toBe(0);
  });
});

describe("a process that is started", () => {
  /** What it says on its descriptor 3, and how it ends. */
  async function run(script: string): Promise<{ said: string; code: number; signal: number }> {
    const [ours, theirs] = native.socketPair("stream");
    const exit = new Promise<{ code: number; signal: number }>((resolve) => {
      native.spawn(
        ["/bin/sh", "-c", script],
        ["A=one", "B=two words"],
        [-1, -1, 2, theirs],
        (code, signal) => resolve({ code, signal }),
      );
    });
    closeSync(theirs);
    const ending = await exit;
    const bytes = Buffer.alloc(4096);
    let said = "";
    for (let count = readSync(ours, bytes); count > 0; count = readSync(ours, bytes)) {
      said += bytes.toString("utf8", 0, count);
    }
    closeSync(ours);
    return { said, ...ending };
  }

  test("gets its arguments, its environment alone, and its descriptors", async () => {
    const script = 'echo "$A $B $HOME" >&3; readlink /proc/self/fd/0 >&3; exit 7';
    expect(await run(script)).toEqual({
      said: "one two words \n/dev/null\n",
      code: 7,
      signal: -1,
    });
  });

  test("leads a session, ignores and blocks no signal, and maps where executors want it", async () => {
    // By the shell itself, which blocks signals while it starts another.
    const script =
      "read stat < /proc/$$/stat; read personality < /proc/$$/personality; echo $stat $personality >&3; " +
      "while read name mask; do case $name in SigBlk:|SigIgn:) echo $name $mask >&3; esac; done < /proc/$$/status; " +
      "kill -SEGV $$";
    const { said, code, signal } = await run(script);
    const [pid, , , , , session] = said.split(" ");
    expect(session).toBe(pid);
    expect(said).toMatch(/ 0*2[0-9a-f]{5}$/m); // ADDR_COMPAT_LAYOUT
    expect(said).toMatch(/SigBlk: 0+\nSigIgn: [0-9a-f]{9}0{7}\n/); // above are libc's own
    expect({ code, signal }).toEqual({ code: -1, signal: 11 });
    expect(readFileSync("/proc/thread-self/personality", "utf8")).not.toMatch(/^0*2/); // ours is as it was
  });

  test("that does not exist is an error", () => {
    const start = () => native.spawn(["/nowhere/executor"], [], [], () => {});
    expect(start).toThrow(/ENOENT.*\/nowhere\/executor/);
  });
});

test("an addon that is not there says how to get it", () => {
  expect(() => loadNative("/nowhere/gpuferry.node")).toThrow(/gpuferry\.node.*npm run build/);
});
