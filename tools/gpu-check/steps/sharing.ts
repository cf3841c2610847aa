/** Guests at once: two of weights 1 : 3 that want all of the GPU, and one that wants more memory than its tenant has. */
import path from "node:path";
import { findPython } from "../python.ts";
import { lastLine, run } from "../run.ts";
import type { Stage } from "../stage.ts";
import { MINUTE, SECOND, type Step } from "../step.ts";

const group = "Sharing";
const QUOTA_MIB = 1024;

/** One tenant of everybody who may connect here, which may ask for weights. */
const tenants = (memory: string) => `[[tenant]]
name = "check"
uids = [${process.getuid?.() ?? 0}]
max_weight = 3
${memory}`;

export function sharing(named: string | undefined): Step {
  return {
    name: "sharing",
    limitMs: 10 * MINUTE,
    async run(stage, add) {
      const python = findPython(named);
      const scripts = path.join(stage.layout.root, "share/gpu-check/scripts");
      if (python === undefined) {
        add({ group, name: "all", verdict: "skip", detail: "there is no python3" });
        return;
      }
      const probe = await run(python, ["-c", "import torch"], {}, 2 * MINUTE);
      if (probe.exitCode !== 0) {
        add({ group, name: "all", verdict: "skip", detail: "PyTorch is not installed" });
        return;
      }
      await weights(stage, python, path.join(scripts, "guest.py"), add);
      await quota(stage, python, path.join(scripts, "guest.py"), add);
    },
  };
}

type Add = Parameters<Step["run"]>[1];

async function weights(stage: Stage, python: string, script: string, add: Add): Promise<void> {
  const server = await stage.serve(tenants(""));
  const seconds = stage.quick ? 5 : 30;
  try {
    const guest = (weight: number) =>
      run(
        python,
        ["-u", script, "busy", String(seconds)],
        stage.forwarded(`weight-${weight}`, {
          GPUFERRY_HOST: server.host,
          GPUFERRY_WEIGHT: String(weight),
        }),
        (seconds + 120) * SECOND,
      );
    const [one, three] = await Promise.all([guest(1), guest(3)]);
    const [a, b] = [Number(lastLine(one.stdout)), Number(lastLine(three.stdout))];
    if (!(a > 0 && b > 0)) {
      const detail = `${lastLine(one.stderr) || one.ending}; ${lastLine(three.stderr) || three.ending}`;
      add({ group, name: "weights 1 : 3", verdict: stage.software ? "skip" : "fail", detail });
      return;
    }
    const share = (100 * b) / (a + b);
    add({
      group,
      name: "weights 1 : 3",
      verdict: Math.abs(share - 75) <= 5 || stage.software ? "ok" : "fail",
      detail: `the heavier guest did ${share.toFixed(1)} % of the work`,
      target: "75 ± 5 %",
    });
  } finally {
    await server.stop();
  }
}

/** Allocates in steps of the granularity until the driver says no, which has to be at the quota, and not a step later. */
async function quota(stage: Stage, python: string, script: string, add: Add): Promise<void> {
  const server = await stage.serve(tenants(`memory_quota = "${QUOTA_MIB}MiB"\n`));
  try {
    const env = stage.forwarded("quota", { GPUFERRY_HOST: server.host });
    const said = await run(python, ["-u", script, "fill"], env, 3 * MINUTE);
    const [held, step] = lastLine(said.stdout).split(" ").map(Number);
    if (!(held! > 0)) {
      const detail = lastLine(said.stderr) || said.ending;
      add({ group, name: "memory quota", verdict: stage.software ? "skip" : "fail", detail });
      return;
    }
    const quotaBytes = QUOTA_MIB * 2 ** 20;
    const within = held! <= quotaBytes && held! > quotaBytes - 2 * step!;
    add({
      group,
      name: "memory quota",
      verdict: within ? "ok" : "fail",
      detail: `${held! / 2 ** 20} MiB given, in steps of ${step! / 2 ** 20} MiB`,
      target: `${QUOTA_MIB} MiB`,
    });
  } finally {
    await server.stop();
  }
}
