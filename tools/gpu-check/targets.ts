/** What forwarding may cost on a GPU: by metric, as forwarded over native. */
export interface Target {
  readonly name: RegExp;
  /** Of a time: at most; of a rate: at least. */
  readonly atMost?: number;
  readonly atLeast?: number;
}

export const TARGETS: readonly Target[] = [
  { name: /(^|\.)train_step_ms$/, atMost: 1.05 },
  { name: /(^|\.)inference_ms$/, atMost: 1.05 },
  { name: /(^|\.)graph_replay_ms$/, atMost: 1.05 },
  { name: /(^|\.)micro_batch_ms$/, atMost: 1.1 },
  { name: /^launch_enqueue$/, atMost: 0.5 },
  { name: /_pinned_.*(GBps|MiB)$|pinned_GBps$/, atLeast: 0.95 },
  { name: /_pageable_.*(GBps|MiB)$|pageable_GBps$/, atLeast: 0.9 },
];

export interface Judged {
  readonly met: boolean;
  /** "" where there is no target. */
  readonly target: string;
}

export function judge(name: string, ratio: number): Judged {
  const target = TARGETS.find((candidate) => candidate.name.test(name));
  if (target?.atMost !== undefined) {
    return { met: ratio <= target.atMost, target: `≤ ${target.atMost}` };
  }
  if (target?.atLeast !== undefined) {
    return { met: ratio >= target.atLeast, target: `≥ ${target.atLeast}` };
  }
  return { met: true, target: "" };
}
