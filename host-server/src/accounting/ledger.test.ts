import { expect, test } from "vitest";
import { Ledger } from "./ledger.ts";

const usage = (gpuNs: number, memoryBytes: number) => ({
  gpuNs,
  memoryBytes,
  calls: 1,
  launches: 2,
  copiedBytes: 3,
});

test("past and live sessions add up by tenant, but memory only while it is held", () => {
  const ledger = new Ledger();
  ledger.close("red", usage(100, 5000));
  ledger.close("red", usage(10, 5000));
  ledger.close("blue", usage(1, 1));
  expect(ledger.report([{ tenant: "red", usage: usage(1000, 64) }])).toEqual([
    { tenant: "blue", sessionsEnded: 1, sessionsLive: 0, usage: usage(1, 0) },
    {
      tenant: "red",
      sessionsEnded: 2,
      sessionsLive: 1,
      usage: { gpuNs: 1110, memoryBytes: 64, calls: 3, launches: 6, copiedBytes: 9 },
    },
  ]);
});
