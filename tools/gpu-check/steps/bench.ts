/** The micro-benchmarks of `npm run bench`: calls, launches and copies, natively and forwarded in turn. */
import path from "node:path";
import { CASES, type Case } from "../../../benchmarks/src/cases.ts";
import { Worker } from "../../../benchmarks/src/worker.ts";
import { MINUTE, SECOND, type Step } from "../step.ts";
import { judge } from "../targets.ts";
import { median, type Way } from "../ways.ts";

export const bench: Step = {
  name: "micro-benchmarks",
  limitMs: 20 * MINUTE,
  async run(stage, add) {
    const group = "Micro-benchmarks";
    const program = path.join(stage.layout.root, "bin/gpuferry-bench");
    const workers: Record<Way, Worker> = {
      native: new Worker("native", program, stage.native),
      forwarded: new Worker("forwarded", program, stage.forwarded("gpuferry-bench")),
    };
    try {
      for (const test of CASES) {
        const repetitions = stage.quick
          ? test.repetitions.quick > 0
            ? 1
            : 0
          : test.repetitions.full;
        if (repetitions === 0) continue;
        const values: Record<Way, number[]> = { native: [], forwarded: [] };
        for (let repetition = 0; repetition < repetitions; repetition++) {
          for (const way of ["native", "forwarded"] as const)
            values[way].push(await measure(workers[way], test, stage.quick));
        }
        const [native, forwarded] = [median(values.native), median(values.forwarded)];
        // A rate is better the higher it is; the ratio is always forwarded over native.
        const ratio = forwarded / native;
        const { met, target } = judge(test.name, ratio);
        const show = (value: number) => `${value.toPrecision(3)} ${test.unit}`;
        add({
          group,
          name: test.name,
          verdict: met || stage.software ? "ok" : "missed",
          detail: "",
          ratio,
          target,
          native: show(native),
          forwarded: show(forwarded),
        });
      }
    } finally {
      await Promise.all(Object.values(workers).map((worker) => worker.stop()));
    }
  },
};

async function measure(worker: Worker, test: Case, quick: boolean): Promise<number> {
  const samples = quick ? Math.max(2, Math.ceil(test.samples / 20)) : test.samples;
  const taken = await worker.measure(test.command, samples, test.argument ?? "", 60 * SECOND);
  return test.value(median(taken.samples_ns));
}
