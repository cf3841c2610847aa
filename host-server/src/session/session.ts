// One live session: what it holds, which state it is in, and how it gives everything back.
import type { Socket } from "node:net";
import { type GrantPage, SampleField } from "../executor/native.ts";
import type { ExecutorEnd, ExecutorProcess } from "../executor/process.ts";
import type { Logger } from "../model/log.ts";
import {
  type EndReason,
  mayBecome,
  noUsage,
  type PeerCredentials,
  type SessionState,
  type SessionView,
  type Usage,
} from "../model/session.ts";
import type { Demand } from "../scheduler/fair.ts";
import type { MeteredPage } from "./grant-loop.ts";

/** What admission decided. */
export interface Terms {
  readonly tenant: string;
  readonly weight: number;
  readonly devices: readonly number[];
  readonly memoryQuotaBytes: number;
}

const reasonOf: Record<ExecutorEnd["reason"], EndReason> = {
  "guest-left": "guest-left",
  poisoned: "poisoned",
  revoked: "revoked",
  fault: "executor-fault",
};

export class Session implements MeteredPage {
  readonly id: number;
  readonly peer: PeerCredentials;
  readonly startedAt: Date;
  /** Settles when the session is reaped. */
  readonly reaped: Promise<void>;
  log: Logger;
  program = "";

  readonly #guest: Socket;
  readonly #onChange: (session: Session) => void;
  #settleReaped: () => void = () => {};
  readonly #sample = new Float64Array(SampleField.length);
  #state: SessionState = "connecting";
  #terms: Terms | undefined;
  #page: GrantPage | undefined;
  #executor: ExecutorProcess | undefined;
  #endReason: EndReason | undefined;

  /** `onChange` is called after each change of state. */
  constructor(
    id: number,
    peer: PeerCredentials,
    guest: Socket,
    startedAt: Date,
    log: Logger,
    onChange: (session: Session) => void,
  ) {
    this.id = id;
    this.peer = peer;
    this.startedAt = startedAt;
    this.log = log.child({ sessionId: id });
    this.#guest = guest;
    this.#onChange = onChange;
    this.reaped = new Promise((resolve) => {
      this.#settleReaped = resolve;
    });
  }

  get state(): SessionState {
    return this.#state;
  }

  get tenant(): string {
    return this.#terms?.tenant ?? "";
  }

  get endReason(): EndReason | undefined {
    return this.#endReason;
  }

  admit(terms: Terms): void {
    this.#terms = terms;
    this.log = this.log.child({ tenant: terms.tenant, program: this.program });
    this.#become("admitted");
  }

  /** From here on the session owns both and gives them back when it ends. */
  run(executor: ExecutorProcess, page: GrantPage): void {
    this.#executor = executor;
    this.#page = page;
    this.#become("running");
    void executor.ended.then((end) => {
      if (this.#state === "running") this.log.info({ executorEnd: end }, "executor ended");
      this.end(reasonOf[end.reason]);
      this.#reap();
    });
  }

  /** Sends guest and executor home. The first reason stands; later calls do nothing. */
  end(reason: EndReason): void {
    if (!mayBecome(this.#state, "ending")) return;
    this.#endReason = reason;
    this.#become("ending");
    if (this.#executor === undefined) {
      this.#reap();
      return;
    }
    // The guest's socket stays open until the executor is gone: it has the last word, and so tells the
    // guest why, while a socket that closes only says that the server left.
    if (reason !== "guest-left") this.#page?.revoke();
    this.#executor.end(reason);
  }

  grant(grantedNs: number): void {
    this.#page?.grant(grantedNs);
  }

  demand(): Demand {
    this.#page?.sample(this.#sample);
    return {
      usedNs: this.#sample[SampleField.usedNs] ?? 0,
      wants: this.#sample[SampleField.waiting] !== 0 || this.#sample[SampleField.backlogged] !== 0,
    };
  }

  /** As of now; after the end, as of the end. */
  usage(): Usage {
    if (this.#terms === undefined) return noUsage;
    this.#page?.sample(this.#sample);
    const [gpuNs = 0, memoryBytes = 0, calls = 0, launches = 0, copiedBytes = 0] = this.#sample;
    return { gpuNs, memoryBytes, calls, launches, copiedBytes };
  }

  view(): SessionView {
    return {
      id: this.id,
      state: this.#state,
      tenant: this.tenant,
      weight: this.#terms?.weight ?? 0,
      peer: this.peer,
      program: this.program,
      devices: this.#terms?.devices ?? [],
      executorPid: this.#executor?.pid ?? 0,
      memoryQuotaBytes: this.#terms?.memoryQuotaBytes ?? Number.POSITIVE_INFINITY,
      startedAt: this.startedAt,
      usage: this.usage(),
      ...(this.#endReason === undefined ? {} : { endReason: this.#endReason }),
    };
  }

  #reap(): void {
    if (!mayBecome(this.#state, "reaped")) return;
    this.usage(); // the last look at the page
    this.#page?.close();
    this.#page = undefined;
    this.#guest.destroy();
    this.#become("reaped");
    this.#settleReaped();
  }

  #become(state: SessionState): void {
    if (!mayBecome(this.#state, state)) {
      throw new RangeError(`session ${this.id}: ${this.#state} → ${state}`);
    }
    this.#state = state;
    this.#onChange(this);
  }
}
