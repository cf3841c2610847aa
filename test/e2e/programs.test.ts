/**
 * Every program, straight on the software device and as a guest: each has to pass by its own verdict, and the guest
 * has to print and to end exactly as the direct run did. That is what "unmodified" means.
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { build, buildable } from "../lib/build.ts";
import {
  directEnv,
  ending,
  forwardedEnv,
  type Outcome,
  runProgram,
  verdictOf,
} from "../lib/run.ts";
import { type Server, startServer } from "../lib/server.ts";
import { type Variant, variants } from "../lib/variants.ts";

/** The same on both ways, and enough for the program that uses two. */
const DEVICES = { GPUFERRY_SOFTCUDA_DEVICES: "2" };

const all = variants(buildable());
const direct = new Map<string, Outcome>();

const nameOf = ({ program, cudart }: Variant) =>
  cudart === "static" ? program.name : `${program.name}, ${cudart} cudart`;

async function run(variant: Variant, env: Record<string, string>): Promise<Outcome> {
  const executable = await build(variant.program, variant.cudart);
  return runProgram(executable, env);
}

function expectPass(variant: Variant, outcome: Outcome): void {
  const { program } = variant;
  const said = `${outcome.stdout}${outcome.stderr}`;
  expect(verdictOf(outcome), said).toBe("PASS");
  expect(ending(outcome), said).toBe(`exit ${program.exitCode ?? 0}`);
}

describe("straight on the software device", () => {
  it.each(all.map((variant) => [nameOf(variant), variant] as const))(
    "%s",
    async (name, variant) => {
      const outcome = await run(variant, { ...directEnv(), ...DEVICES });
      direct.set(name, outcome);
      expectPass(variant, outcome);
    },
  );
});

describe("forwarded", () => {
  let server: Server;
  beforeAll(async () => {
    server = await startServer("", DEVICES);
  });
  afterAll(async () => {
    await server?.stop();
  });

  it.each(all.map((variant) => [nameOf(variant), variant] as const))(
    "%s",
    async (name, variant) => {
      const outcome = await run(variant, forwardedEnv(server.host));
      expectPass(variant, outcome);
      const { program } = variant;
      // Two devices are the server's choice here, one is the direct run's, unless the program asks.
      if (program.name !== "device_query") expect(outcome.stdout).toBe(direct.get(name)?.stdout);
    },
  );
});
