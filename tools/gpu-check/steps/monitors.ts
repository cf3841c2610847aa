/** What looks at GPUs through NVML: a guest has to see its own, under the names and UUIDs that they have natively. */
import { lastLine, run } from "../run.ts";
import { MINUTE, SECOND, type Step } from "../step.ts";

export const monitors: Step = {
  name: "monitors",
  limitMs: 5 * MINUTE,
  async run(stage, add) {
    const group = "Monitors";
    const name = "nvidia-smi -L";
    const native = await run("nvidia-smi", ["-L"], stage.native, 60 * SECOND);
    if (native.exitCode !== 0) {
      add({ group, name, verdict: "skip", detail: `natively: ${native.ending}` });
      return;
    }
    const forwarded = await run("nvidia-smi", ["-L"], stage.forwarded("nvidia-smi"), 60 * SECOND);
    const same = native.stdout === forwarded.stdout;
    add({
      group,
      name,
      verdict: same ? "ok" : "fail",
      detail: same ? "the same devices" : lastLine(forwarded.stdout) || lastLine(forwarded.stderr),
    });
  },
};
