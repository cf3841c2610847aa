/** Counts what the kernel counts: how often threads of other processes gave up their core by themselves. */
import { readdirSync, readFileSync } from "node:fs";

/** Processes that descend from `pid`, itself excluded. */
export function descendantsOf(pid: number): number[] {
  const children = new Map<number, number[]>();
  for (const entry of readdirSync("/proc")) {
    if (!/^\d+$/.test(entry)) continue;
    const parent = parentOf(Number(entry));
    if (parent !== undefined) {
      children.set(parent, [...(children.get(parent) ?? []), Number(entry)]);
    }
  }
  const found: number[] = [];
  const queue = [pid];
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    const own = children.get(next) ?? [];
    found.push(...own);
    queue.push(...own);
  }
  return found;
}

/** Voluntary switches of all living threads of these processes so far. */
export function voluntarySwitches(pids: readonly number[]): number {
  return pids
    .flatMap((pid) => threadsOf(pid).map((thread) => `/proc/${pid}/task/${thread}/status`))
    .map((file) => Number(/^voluntary_ctxt_switches:\s*(\d+)$/m.exec(textOf(file))?.[1] ?? 0))
    .reduce((sum, count) => sum + count, 0);
}

function parentOf(pid: number): number | undefined {
  const parent = /^PPid:\s*(\d+)$/m.exec(textOf(`/proc/${pid}/status`))?.[1];
  return parent === undefined ? undefined : Number(parent);
}

function threadsOf(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/task`);
  } catch {
    return []; // gone meanwhile
  }
}

function textOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
