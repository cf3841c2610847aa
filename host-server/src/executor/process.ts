// One executor process, from its start to the moment the kernel has reaped it.
import { closeSync, existsSync } from "node:fs";
import { Socket } from "node:net";
import { constants } from "node:os";
import { delimiter, join } from "node:path";
import { PROTOCOL_HASH } from "../../../protocol/generated/ts/cuda.ts";
import type { Backend } from "../model/device.ts";
import { asError, GpuferryError } from "../model/errors.ts";
import type { Logger } from "../model/log.ts";
import {
  type ExecutorEndReason,
  encodeMessage,
  type FromExecutor,
  MessageReader,
  type ServeMessage,
} from "./control.ts";
import { pipeLogLines } from "./log-lines.ts";
import type { Native } from "./native.ts";

export interface ExecutorOptions {
  readonly path: string;
  /** "auto", "soft" or the path of a libcuda.so.1. */
  readonly cudaDriver: string;
  /** "auto", "none" or the path of a libEGL.so.1. */
  readonly glDriver?: string;
  /** Load OpenGL before there is a guest. */
  readonly preloadGl?: boolean;
  /** How long it may take to load its driver. */
  readonly startTimeoutMs: number;
  /** CUDA_VISIBLE_DEVICES, where it is not the server's own. */
  readonly visibleDevices?: string;
}

/** How an executor came to its end. */
export interface ExecutorEnd {
  readonly reason: ExecutorEndReason;
  readonly detail: string;
}

const ownProtocolHash = PROTOCOL_HASH.toString(16).padStart(16, "0");

/** How long an executor that was asked to end may take before it is killed. */
const graceMs = 300;

/** Enough for any reason that an executor gives. */
const maxLastWordsBytes = 65_536;
/** What of the server's environment an executor gets: no LD_PRELOAD, no secrets. */
const passedVariables =
  /^(GPUFERRY_|CUDA_|NVIDIA_|MESA_|GALLIUM_|LP_|LIBGL_|EGL_|__EGL_|PATH$|HOME$|XDG_CACHE_HOME$|TMPDIR$|LANG$|LC_)/;

/**
 * Where a host's NVIDIA libraries lie, if the loader does not know by itself: in containers this variable alone often
 * says so. Without the directories that hold a guest's libraries, of which one calls itself libcuda.so.1 as well.
 */
export function libraryPath(ofServer: string | undefined): Record<string, string> {
  const kept = (ofServer ?? "")
    .split(delimiter)
    .filter((directory) => directory !== "" && !existsSync(join(directory, "libgpuferry.so")));
  return kept.length === 0 ? {} : { LD_LIBRARY_PATH: kept.join(delimiter) };
}

function argumentsOf(options: ExecutorOptions): string[] {
  return [
    "--cuda-driver",
    options.cudaDriver,
    ...(options.glDriver === undefined ? [] : ["--gl-driver", options.glDriver]),
    ...(options.preloadGl ? ["--preload-gl"] : []),
  ];
}

function environmentOf(options: ExecutorOptions): string[] {
  const variables = {
    ...Object.fromEntries(
      Object.entries(process.env).filter(([name]) => passedVariables.test(name)),
    ),
    ...libraryPath(process.env.LD_LIBRARY_PATH),
    ...(options.visibleDevices === undefined
      ? {}
      : { CUDA_VISIBLE_DEVICES: options.visibleDevices }),
  };
  return Object.entries(variables).map(([name, value]) => `${name}=${value ?? ""}`);
}

function signalName(signal: number): string {
  const named = Object.entries(constants.signals).find(([, number]) => number === signal);
  return named?.[0] ?? String(signal);
}

export class ExecutorProcess {
  readonly pid: number = 0;
  /** Settles once the driver is loaded. @throws GpuferryError GF_EXECUTOR */
  readonly ready: Promise<Backend>;
  /** Settles when the process is gone and reaped; never rejects. */
  readonly ended: Promise<ExecutorEnd>;

  readonly #control: Socket;
  readonly #controlFd: number;
  readonly #native: Native;
  #log: Logger;
  #said: ExecutorEnd | undefined;
  #failure: string | undefined;
  #killTimer: NodeJS.Timeout | undefined;
  #isReaped = false;
  /** What it has sent and nobody has read yet. */
  #hearRest: () => void = () => {};
  #settleEnded: (end: ExecutorEnd) => void = () => {};

  /** Starts the process; `ready` tells how that went. */
  constructor(native: Native, options: ExecutorOptions, log: Logger) {
    this.#native = native;
    this.ended = new Promise((resolve) => {
      this.#settleEnded = resolve;
    });
    const [ours, theirs] = native.socketPair("stream");
    const [logs, stderr] = native.socketPair("stream");
    try {
      this.pid = native.spawn(
        [options.path, ...argumentsOf(options)],
        environmentOf(options),
        [-1, -1, stderr, theirs],
        (code, signal) =>
          this.#exited(code < 0 ? `signal ${signalName(signal)}` : `exit code ${code}`),
      );
    } catch (thrown) {
      this.#failure = asError(thrown).message;
      // As of a process that ends at once: whoever waits for it is told later.
      setImmediate(() => this.#exited(asError(thrown).message));
    } finally {
      closeSync(theirs);
      closeSync(stderr);
    }
    this.#controlFd = ours;
    this.#control = new Socket({ fd: ours });
    this.#log = log.child({ executorPid: this.pid });
    const lines = new Socket({ fd: logs });
    lines.on("error", () => lines.destroy());
    pipeLogLines(lines, () => this.#log);
    this.ready = this.#watchControl(options);
    // Who waits for `ready` hears of a failure; a spare that nobody waits for must not end the server.
    this.ready.catch(() => {});
  }

  /** Gives it its session. `fds`: region, grant page, courier. @throws GpuferryError GF_EXECUTOR */
  serve(message: ServeMessage, fds: readonly [number, number, number], log: Logger): void {
    this.#log = log.child({ executorPid: this.pid });
    const bytes = encodeMessage(message);
    if (this.#control.destroyed)
      throw new GpuferryError("GF_EXECUTOR", `executor ${this.pid} is gone`);
    const sent = this.#native.sendFds(this.#controlFd, bytes, fds);
    if (sent !== bytes.length) {
      throw new GpuferryError(
        "GF_EXECUTOR",
        `executor ${this.pid} took ${sent} of ${bytes.length} bytes`,
      );
    }
  }

  /** Asks it to end, and kills it when it has not after a moment. */
  end(reason: string): void {
    if (this.#killTimer !== undefined) return;
    if (!this.#control.destroyed) this.#control.end(encodeMessage({ type: "end", reason }));
    this.#killTimer = setTimeout(() => this.kill(), graceMs);
  }

  kill(): void {
    // Its number may be another's by now.
    if (!this.#isReaped && this.pid > 0) process.kill(this.pid, "SIGKILL");
  }

  /** The kernel has reaped it, or it never came to be. */
  #exited(detail: string): void {
    this.#isReaped = true;
    // The kernel tells of its end on another way than of its last words, which say more.
    if (!this.#control.destroyed) this.#hearRest();
    const asked = this.#killTimer !== undefined;
    clearTimeout(this.#killTimer);
    this.#control.destroy();
    this.#settleEnded(this.#said ?? { reason: asked ? "revoked" : "fault", detail });
  }

  #watchControl(options: ExecutorOptions): Promise<Backend> {
    return new Promise((resolve, reject) => {
      const fail = (reason: string) => {
        clearTimeout(timer);
        reject(new GpuferryError("GF_EXECUTOR", `executor ${options.path}: ${reason}`));
      };
      const timer = setTimeout(() => {
        fail(`not ready after ${options.startTimeoutMs} ms`);
        this.kill();
      }, options.startTimeoutMs);

      const reader = new MessageReader();
      const hear = (chunk: Buffer) => {
        try {
          for (const message of reader.push(chunk)) {
            if (message.type === "ready") {
              clearTimeout(timer);
              const { type: _, protocolHash, ...backend } = message;
              if (protocolHash !== ownProtocolHash) {
                fail(
                  `is of protocol ${protocolHash}, the server of ${ownProtocolHash}: run \`npm run build\``,
                );
                this.kill();
                return;
              }
              resolve(backend);
            } else this.#hear(message);
          }
        } catch (thrown) {
          this.#said = { reason: "fault", detail: asError(thrown).message };
          this.kill();
        }
      };
      this.#control.on("data", hear);
      this.#hearRest = () => hear(this.#native.receive(this.#controlFd, maxLastWordsBytes));
      this.#control.on("error", () => this.#control.destroy());
      void this.ended.then((end) => fail(this.#failure ?? end.detail));
    });
  }

  #hear(message: Exclude<FromExecutor, { type: "ready" }>): void {
    if (message.type === "failed") this.#failure = message.reason;
    else {
      this.#said ??= { reason: message.reason, detail: message.detail };
      this.end(message.reason); // it should go by itself now; this sees to it
    }
  }
}
