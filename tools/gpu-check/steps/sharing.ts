/** Guests at once: two of weights 1 : 3 that want all of the GPU, and one that wants more memory than its tenant has. */
import path from "node:path";
import { type Answer, Puppet } from "../../../test/lib/puppet.ts";
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
      await weightsOfKernels(stage, add);
      await quotaOfAllocations(stage, add);
      const python = findPython(named);
      const scripts = path.join(stage.layout.root, "share/gpu-check/scripts");
      const probe =
        python === undefined
          ? undefined
          : await run(python, ["-c", "import torch"], {}, 2 * MINUTE);
      if (python === undefined || probe?.exitCode !== 0) {
        const detail = python === undefined ? "there is no python3" : "PyTorch is not installed";
        add({ group, name: "with PyTorch", verdict: "skip", detail });
        return;
      }
      await weights(stage, python, path.join(scripts, "guest.py"), add);
      await quota(stage, python, path.join(scripts, "guest.py"), add);
    },
  };
}

type Add = Parameters<Step["run"]>[1];

/** About as long as a kernel of a training step takes. */
const KERNEL_MS = 2;

/** With the driver's API alone. Each kernel is waited for, so both guests always want the GPU, and one kernel at a time. */
async function weightsOfKernels(stage: Stage, add: Add): Promise<void> {
  const name = "weights 1 : 3, kernels";
  const server = await stage.serve(tenants(""));
  const guests: Puppet[] = [];
  try {
    for (const weight of [1, 3])
      guests.push(await Puppet.start(server, { GPUFERRY_WEIGHT: String(weight) }));
    const [one, three] = guests as [Puppet, Puppet];
    for (const guest of guests) await must(guest, "init");
    const rounds = 1000;
    const { count } = await must(one, `busy 300 ${rounds}`);
    const wanted = Math.max(1, Math.round((rounds * count * KERNEL_MS) / 300));
    const seconds = stage.quick ? 3 : 20;
    const command = `busy ${seconds * SECOND} ${wanted}`;
    const [a, b] = await Promise.all([must(one, command), must(three, command)]);
    const share = (100 * b.count) / (a.count + b.count);
    add({
      group,
      name,
      verdict: Math.abs(share - 75) <= 5 || stage.software ? "ok" : "fail",
      detail: `the heavier guest ran ${share.toFixed(1)} % of ${a.count + b.count} kernels`,
      target: "75 ± 5 %",
    });
  } catch (thrown) {
    add({ group, name, verdict: "fail", detail: String(thrown) });
  } finally {
    for (const guest of guests) guest.kill();
    await server.stop();
  }
}

async function quotaOfAllocations(stage: Stage, add: Add): Promise<void> {
  const name = "memory quota, allocations";
  const quotaMib = stage.software ? 64 : QUOTA_MIB;
  const stepMib = 2;
  const server = await stage.serve(tenants(`memory_quota = "${quotaMib}MiB"\n`));
  let guest: Puppet | undefined;
  try {
    guest = await Puppet.start(server);
    await must(guest, "init");
    let heldMib = 0;
    let code = 0;
    while (heldMib <= quotaMib) {
      code = (await guest.tell(`alloc ${stepMib * 2 ** 20}`)).code;
      if (code !== 0) break;
      heldMib += stepMib;
    }
    const within = heldMib <= quotaMib && heldMib > quotaMib - 2 * stepMib;
    add({
      group,
      name,
      verdict: within && code === OUT_OF_MEMORY ? "ok" : "fail",
      detail: `${heldMib} MiB given in steps of ${stepMib} MiB, then error ${code}`,
      target: `${quotaMib} MiB, then error ${OUT_OF_MEMORY}`,
    });
  } catch (thrown) {
    add({ group, name, verdict: "fail", detail: String(thrown) });
  } finally {
    guest?.kill();
    await server.stop();
  }
}

const OUT_OF_MEMORY = 2;

async function must(guest: Puppet, command: string): Promise<Answer> {
  const answer = await guest.tell(command);
  if (answer.code !== 0) throw new Error(`${command}: error ${answer.code}; ${guest.stderr}`);
  return answer;
}

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
