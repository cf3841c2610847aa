/** Runs cuda-conformance both ways at once. */
import path from "node:path";
import { ROOT } from "../lib/paths.ts";
import { directEnv, ending, forwardedEnv, runProgram } from "../lib/run.ts";
import { startServer } from "../lib/server.ts";
import { type Calls, parseCalls } from "./compare.ts";

const PROGRAM = path.join(ROOT, "build/bin/cuda-conformance");

/** Enough for calls on a second device, and the same both ways. */
const DEVICES = { GPUFERRY_SOFTCUDA_DEVICES: "2" };

export interface BothWays {
  readonly direct: Calls;
  readonly forwarded: Calls;
}

async function callsOf(env: Record<string, string>, args: string[], timeoutMs: number) {
  const outcome = await runProgram(PROGRAM, env, { args, timeoutMs });
  if (outcome.exitCode !== 0)
    throw new Error(`cuda-conformance: ${ending(outcome)}\n${outcome.stderr.slice(-2000)}`);
  return parseCalls(outcome.stdout);
}

/** `only`: a pattern for the functions' names. */
export async function runBothWays(only: string, timeoutMs: number): Promise<BothWays> {
  const server = await startServer("", DEVICES);
  try {
    const args = ["--only", only];
    const [direct, forwarded] = await Promise.all([
      callsOf({ ...directEnv(), ...DEVICES }, args, timeoutMs),
      callsOf(forwardedEnv(server.host), args, timeoutMs),
    ]);
    return { direct, forwarded };
  } finally {
    await server.stop();
  }
}
