// From a connection to a running session: reads the hello, settles the terms, finds an executor and
// hands both sides their descriptors. Whatever goes wrong on the way ends in one refusal.
import { createHmac, randomBytes } from "node:crypto";
import { closeSync } from "node:fs";
import { Socket } from "node:net";
import type { Ledger } from "../accounting/ledger.ts";
import { requireCapacity } from "../admission/capacity.ts";
import { areAll, devicesFor } from "../admission/devices.ts";
import { chooseTenant } from "../admission/tenants.ts";
import type { Native, Watcher } from "../executor/native.ts";
import type { ExecutorPool } from "../executor/pool.ts";
import { asError, GpuferryError, systemCode } from "../model/errors.ts";
import type { Logger } from "../model/log.ts";
import type { PeerCredentials } from "../model/session.ts";
import type { Tenant } from "../model/tenant.ts";
import { memoryQuotaBytes } from "../quota/memory.ts";
import type { GrantLoop } from "./grant-loop.ts";
import {
  acceptance,
  type Hello,
  maxHelloBytes,
  readHello,
  refusal,
  requireVersion,
} from "./handshake.ts";
import { RefusalLog } from "./refusal-log.ts";
import { Session } from "./session.ts";
import { type Leave, Strangers } from "./strangers.ts";
import type { SessionTable } from "./table.ts";

export interface ReceptionOptions {
  readonly version: string;
  readonly tenants: readonly Tenant[];
  readonly maxSessions: number;
  readonly helloTimeoutMs: number;
  readonly heapBytes: number;
}

export interface ReceptionParts {
  readonly native: Native;
  readonly pool: ExecutorPool;
  /** Executors that have loaded OpenGL as well. */
  readonly glPool: ExecutorPool;
  readonly table: SessionTable;
  readonly grants: GrantLoop;
  readonly ledger: Ledger;
  readonly log: Logger;
  readonly now: () => Date;
}

/** Connections that have not said hello yet. */
const maxStrangers = 64;
/** What sending says where the peer has gone. */
const leftErrors: ReadonlySet<string> = new Set(["EPIPE", "ECONNRESET"]);
/** How many refusals of one user are logged one by one. */
const refusalPeriod = { lines: 20, ms: 10_000 };

export class Reception {
  draining = false;
  /** New with every start: no handle outlives the server. */
  readonly #shareSecret = randomBytes(32);
  readonly #shareKeys = new Map<string, string>();
  readonly #options: ReceptionOptions;
  readonly #parts: ReceptionParts;
  readonly #watcher: Watcher;
  readonly #guests = new Map<number, Session>();
  readonly #strangers = new Strangers(maxStrangers);
  readonly #refusals = new RefusalLog(refusalPeriod);

  constructor(options: ReceptionOptions, parts: ReceptionParts) {
    this.#options = options;
    this.#parts = parts;
    this.#watcher = new parts.native.Watcher((...event) => {
      if (event[0] === "connection") void this.#receive(event[1], event[2]);
      else this.#guests.get(event[1])?.end("guest-left");
    });
  }

  /** Takes connections from a listening socket. */
  listen(fd: number): void {
    this.#watcher.listen(fd);
  }

  close(): void {
    this.#watcher.close();
  }

  async #receive(fd: number, peer: PeerCredentials): Promise<void> {
    const guest = new Socket({ fd });
    guest.on("error", () => guest.destroy()); // a guest that is killed resets the connection
    const { table, log, now } = this.#parts;
    let hello: Hello;
    try {
      // Most have said it by now. One byte more than it may have, which readHello then objects to.
      const heard = this.#parts.native.receive(fd, maxHelloBytes + 1);
      hello = readHello(heard) ?? (await this.#hello(guest, peer.uid, heard));
    } catch (thrown) {
      this.#turnAway(guest, fd, peer, asError(thrown), log);
      return;
    }
    const session = new Session(table.nextId(), peer, guest, now(), log, table.changed);
    session.program = hello.program;
    table.add(session);
    guest.on("close", () => session.end("guest-left"));
    try {
      await this.#open(session, guest, fd, hello);
    } catch (thrown) {
      // A guest that left meanwhile has ended its session itself.
      if (session.state === "ending" || session.state === "reaped") return;
      this.#turnAway(guest, fd, peer, asError(thrown), session.log);
      session.end("refused");
    }
  }

  /** The rest of what was `heard` so far. */
  #hello(guest: Socket, uid: number, heard: Buffer): Promise<Hello> {
    let leave: Leave = () => {};
    return new Promise<Hello>((resolve, reject) => {
      const { helloTimeoutMs } = this.#options;
      const timer = setTimeout(
        () => reject(new GpuferryError("GF_MALFORMED", `no hello within ${helloTimeoutMs} ms`)),
        helloTimeoutMs,
      );
      leave = this.#strangers.admit(uid, () => {
        clearTimeout(timer);
        reject(new GpuferryError("GF_MALFORMED", "this user has too many silent connections"));
      });
      let bytes = heard;
      const hear = (chunk: Buffer) => {
        try {
          bytes = Buffer.concat([bytes, chunk]);
          const hello = readHello(bytes);
          if (hello === undefined) return;
          guest.off("data", hear);
          resolve(hello);
        } catch (thrown) {
          reject(thrown);
        }
        clearTimeout(timer);
      };
      guest.on("data", hear);
      guest.once("close", () => {
        clearTimeout(timer);
        reject(new GpuferryError("GF_MALFORMED", "the guest left before its hello"));
      });
    }).finally(() => leave());
  }

  async #open(session: Session, guest: Socket, fd: number, hello: Hello): Promise<void> {
    const { pool, glPool, table } = this.#parts;
    requireVersion(hello, this.#options.version);
    const { tenant, weight } = chooseTenant(this.#options.tenants, session.peer, hello);
    // The devices are known once any executor was ready.
    const known = pool.backend ?? (await pool.probe());
    // Nothing may be awaited from here to `admit`: others would pass the same check meanwhile.
    const active = table.active();
    requireCapacity(tenant, this.#options.maxSessions, {
      host: active.length,
      tenant: active.filter((other) => other.tenant === tenant.name).length,
      draining: this.draining,
    });
    const devices = devicesFor(tenant, known.devices);
    const quotaBytes = memoryQuotaBytes(
      tenant,
      known.devices.filter((device) => devices.includes(device.ordinal)),
    );
    if (guest.destroyed) return;
    session.admit({ tenant: tenant.name, weight, devices, memoryQuotaBytes: quotaBytes });
    // One without OpenGL loads it when asked: that takes less time than to start another.
    const ready = hello.opensGl && areAll(devices, known.devices) ? glPool.takeReady() : undefined;
    const executor =
      ready ??
      (areAll(devices, known.devices)
        ? (await pool.take()).executor
        : await (hello.opensGl ? glPool : pool).takeRestricted(devices));
    if (guest.destroyed || session.endReason !== undefined) {
      executor.end("guest-left");
      return;
    }
    this.#introduce(session, guest, fd, executor);
    this.#keep(session, guest);
  }

  /** Gives executor and guest what they share, and keeps only the grant page. */
  #introduce(
    session: Session,
    guest: Socket,
    fd: number,
    executor: Awaited<ReturnType<ExecutorPool["take"]>>["executor"],
  ): void {
    const { native, grants } = this.#parts;
    const { heapBytes } = this.#options;
    const { devices, memoryQuotaBytes, weight } = session.view();
    const fds: number[] = [];
    try {
      const page = new native.GrantPage(memoryQuotaBytes);
      session.run(executor, page);
      const region = native.createRegion(session.id, heapBytes);
      fds.push(region.fd);
      const [ours, theirs] = native.socketPair("seqpacket");
      fds.push(ours, theirs);
      executor.serve(
        {
          type: "serve",
          sessionId: session.id,
          regionBytes: region.regionBytes,
          heapBytes,
          // As the executor counts them: it sees no others.
          devices: devices.map((_ordinal, index) => index),
          memoryQuotaBytes,
          program: session.program,
          guestPid: session.peer.pid,
          shareKey: this.#shareKey(session.tenant),
        },
        [region.fd, page.fd, theirs],
        session.log,
      );
      if (!guest.destroyed) {
        native.sendFds(fd, acceptance(session.id, region.regionBytes), [region.fd, ours]);
      }
      page.closeFd();
      grants.attach(session.id, session, weight, devices);
      session.log.info(
        { pid: session.peer.pid, executorPid: executor.pid, weight },
        "session runs",
      );
    } catch (thrown) {
      executor.kill();
      throw thrown;
    } finally {
      for (const held of fds) closeSync(held);
    }
  }

  /** Kept, as a guest waits meanwhile. */
  #shareKey(tenant: string): string {
    const kept = this.#shareKeys.get(tenant);
    if (kept !== undefined) return kept;
    const key = createHmac("sha256", this.#shareSecret).update(tenant).digest("hex");
    this.#shareKeys.set(tenant, key);
    return key;
  }

  /** Watches a running session until it is reaped, and books what it used. */
  #keep(session: Session, guest: Socket): void {
    const { grants, ledger } = this.#parts;
    // After the welcome a guest has nothing to say; one that talks would cost the server its time.
    guest.on("data", () => session.end("poisoned"));
    // The socket alone does not tell: a child that the guest forked may hold it open.
    const token = session.peer.pid > 0 ? this.#watcher.watchProcess(session.peer.pid) : -1;
    if (token === 0) session.end("guest-left");
    if (token > 0) this.#guests.set(token, session);
    void session.reaped.then(() => {
      grants.detach(session.id);
      this.#guests.delete(token);
      this.#watcher.forget(token);
      const usage = session.usage();
      ledger.close(session.tenant, usage);
      session.log.info({ reason: session.endReason, usage }, "session ended");
    });
  }

  /** Says why, to the guest and to the log, and closes the connection. */
  #turnAway(guest: Socket, fd: number, peer: PeerCredentials, error: Error, log: Logger): void {
    // Nobody is there to be told, nor was anything asked; it may have left while its welcome was sent.
    if (guest.destroyed || leftErrors.has(systemCode(error) ?? "")) {
      guest.destroy();
      return;
    }
    const told =
      error instanceof GpuferryError
        ? error
        : new GpuferryError("GF_INTERNAL", `the host failed: ${error.message}`);
    const unforeseen = told === error ? {} : { err: error };
    const { verdict, before } = this.#refusals.ask(peer.uid, this.#parts.now().getTime());
    if (verdict !== "drop") {
      const crowd = {
        ...(before > 0 && { unloggedBefore: before }),
        ...(verdict === "write-last" && { moreUnloggedForMs: refusalPeriod.ms }),
      };
      log.warn(
        { code: told.code, why: told.message, peer, ...unforeseen, ...crowd },
        "guest refused",
      );
    }
    try {
      this.#parts.native.sendFds(fd, refusal(told), []);
    } catch {
      // It left just now.
    }
    guest.destroy();
  }
}
