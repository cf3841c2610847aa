import { expect, it } from "vitest";
import { agreementIn } from "./agreement.ts";

it.each([
  "GPU result = 1.992401361465\nCPU result = 1.992401361465",
  "GPU sum: 16777296.000000\n  CPU sum: 16777294.395033",
  "Device count: 9932334\nHost count: 9932334",
  "GPU Checksum = 42, GPU image: <a.pgm>\nComputing\nCPU Checksum = 42, CPU image: <b.pgm>",
  "Sum of all ranks 0..15 in this group is 120 (expected 120)",
  "RMS Error : 3.631771e-19",
])("agrees: %s", (text) => {
  expect(agreementIn(text)).toBeDefined();
});

it.each([
  "GPU result = 1.99\nCPU result = 1.98",
  "GPU result = 1.99",
  "Sum is 120 (expected 119)",
  "RMS Error : 0.5",
  "RMS Error : 1e-9\nRMS Error : nan\nmax error : 2",
  "GPU time : 14\nCPU time : 14",
  "max error : 1e-9 of 0.5",
])("does not show that it agrees: %s", (text) => {
  expect(agreementIn(text)).toBeUndefined();
});
