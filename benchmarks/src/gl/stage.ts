/** The three ways to run: a server and a peer of this run's own, one X server for all, and each mode's environment. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { existsSync, rmSync } from "node:fs";
import path from "node:path";
import { type Display, startDisplay } from "../../../test/lib/display.ts";
import { directGlEnv, forwardedGlEnv } from "../../../test/lib/gl.ts";
import { ROOT } from "../../../test/lib/paths.ts";
import { type Server, startServer } from "../../../test/lib/server.ts";
import { until } from "../../../test/lib/wait.ts";
import type { GlMode } from "./result.ts";

export const BENCH_GL = path.join(ROOT, "build/bin/gpuferry-bench-gl");

export interface GlStage {
  readonly server: Server;
  readonly display: Display;
  /** Those that can run here; virgl only where its server is installed. */
  readonly modes: readonly GlMode[];
  readonly env: Readonly<Record<GlMode, Readonly<Record<string, string>>>>;
  stop(): Promise<void>;
}

/** No program waits for a screen that there is none of. */
const UNSYNCHRONISED = { vblank_mode: "0" };

export async function openGlStage(): Promise<GlStage> {
  if (!existsSync(BENCH_GL)) {
    throw new Error(`${path.relative(ROOT, BENCH_GL)} is not built; \`npm run build\``);
  }
  const display = await startDisplay();
  const server = await startServer();
  const virgl = await startVirgl();
  return {
    server,
    display,
    modes: virgl === undefined ? ["direct", "forwarded"] : ["direct", "forwarded", "virgl"],
    env: {
      direct: { ...directGlEnv(display.name), ...UNSYNCHRONISED },
      forwarded: { ...forwardedGlEnv(server.host, display.name), ...UNSYNCHRONISED },
      virgl: { DISPLAY: display.name, ...UNSYNCHRONISED, ...virgl?.env },
    },
    stop: async () => {
      await virgl?.stop();
      await server.stop();
      await display.stop();
    },
  };
}

/** Whether a program of another package is there to be measured. */
export function installed(command: string): boolean {
  return spawnSync("which", [command], { stdio: "ignore" }).status === 0;
}

interface Virgl {
  readonly env: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

/** Mesa's virpipe looks for its server here and nowhere else. */
const VIRGL_SOCKET = "/tmp/.virgl_test";

async function startVirgl(): Promise<Virgl | undefined> {
  if (!installed("virgl_test_server")) return undefined;
  rmSync(VIRGL_SOCKET, { force: true }); // one that was killed leaves it behind
  const args = ["--multi-clients", "--use-egl-surfaceless"];
  const child = spawn("virgl_test_server", args, {
    detached: true,
    env: { ...process.env, GALLIUM_DRIVER: "llvmpipe", EGL_PLATFORM: "surfaceless" },
    stdio: "ignore",
  });
  const gone = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  await until("virgl_test_server listens", () => existsSync(VIRGL_SOCKET), 10_000);
  return {
    env: { GALLIUM_DRIVER: "virpipe", LIBGL_ALWAYS_SOFTWARE: "1" },
    stop: async () => {
      killGroup(child);
      await gone;
      rmSync(VIRGL_SOCKET, { force: true });
    },
  };
}

/** It serves each client from a child. */
function killGroup(child: ChildProcess): void {
  try {
    process.kill(-(child.pid ?? 0), "SIGKILL");
  } catch {
    // it has ended by itself
  }
}
