/**
 * The Python scripts: each ends with one line of JSON, results that have to agree both ways and times whose ratio has a
 * target. A script whose package is not installed ends with 77 and is left out.
 */
import { readdirSync } from "node:fs";
import path from "node:path";
import { findPython } from "../python.ts";
import type { Row } from "../report.ts";
import { lastLine, type Outcome, run } from "../run.ts";
import type { Stage } from "../stage.ts";
import { MINUTE, SECOND, type Step } from "../step.ts";
import { judge } from "../targets.ts";
import { inTurn, median, type Pair } from "../ways.ts";

const NOT_INSTALLED = 77;
const group = "Python";

export interface Said {
  readonly results: Readonly<Record<string, number | string | boolean>>;
  readonly metrics: Readonly<Record<string, number>>;
}

export function pythonScripts(named: string | undefined): Step {
  return {
    name: "python",
    limitMs: 120 * MINUTE,
    async run(stage, add) {
      const python = findPython(named);
      if (python === undefined) {
        add({ group, name: "all scripts", verdict: "skip", detail: "there is no python3" });
        return;
      }
      const directory = path.join(stage.layout.root, "share/gpu-check/scripts");
      const scripts = readdirSync(directory).filter((name) => /^[a-z]+_\w+\.py$/.test(name));
      for (const script of scripts.sort()) {
        for (const row of await check(stage, python, path.join(directory, script))) add(row);
      }
    },
  };
}

async function check(stage: Stage, python: string, script: string): Promise<Row[]> {
  const name = path.basename(script, ".py");
  const size = stage.quick ? "small" : "full";
  const go = (env: Readonly<Record<string, string>>) =>
    run(
      python,
      ["-u", script],
      { ...env, GPU_CHECK_SIZE: size },
      stage.quick ? 90 * SECOND : 10 * MINUTE,
    );
  const pairs = await inTurn(stage.quick ? 1 : 5, (way) =>
    go(way === "native" ? stage.native : stage.forwarded(name)),
  );
  const { native, forwarded } = pairs.at(-1)!;
  const base = { group, name };
  if (native.exitCode === NOT_INSTALLED) {
    return [{ ...base, verdict: "skip", detail: lastLine(native.stderr) }];
  }
  const [before, after] = [parse(native), parse(forwarded)];
  const ends = { native: native.ending, forwarded: forwarded.ending };
  if (before === undefined) {
    // What a driver refuses natively, a guest has to be refused with the same words.
    const alike =
      native.exitCode === forwarded.exitCode &&
      lastLine(native.stderr) === lastLine(forwarded.stderr);
    const detail = `does not run natively: ${lastLine(native.stderr)}`;
    return [
      {
        ...base,
        ...ends,
        verdict: alike ? "skip" : "fail",
        detail: alike ? detail : `${detail}; forwarded: ${lastLine(forwarded.stderr)}`,
      },
    ];
  }
  if (after === undefined) {
    const detail = `lost by forwarding: ${lastLine(forwarded.stderr) || forwarded.ending}`;
    return [{ ...base, ...ends, verdict: "fail", detail }];
  }
  const unlike = Object.keys({ ...before.results, ...after.results }).filter(
    (key) => !agree(before.results[key], after.results[key]),
  );
  const detail =
    unlike.length === 0
      ? `${Object.keys(before.results).length} results agree`
      : `other results: ${unlike.map((key) => `${key} ${before.results[key]} and ${after.results[key]}`).join(", ")}`;
  const rows: Row[] = [{ ...base, ...ends, verdict: unlike.length === 0 ? "ok" : "fail", detail }];
  for (const metric of Object.keys(before.metrics)) {
    rows.push(compareTimes(stage, name, metric, pairs));
  }
  return rows;
}

function compareTimes(stage: Stage, name: string, metric: string, pairs: readonly Pair[]): Row {
  const of = (outcome: Outcome) => parse(outcome)?.metrics[metric] ?? Number.NaN;
  const usable = pairs
    .map((pair) => ({ native: of(pair.native), forwarded: of(pair.forwarded) }))
    .filter((values) => values.native > 0 && values.forwarded > 0);
  // The first pair warms caches up, as long as there are others.
  const counted = usable.length > 1 ? usable.slice(1) : usable;
  const ratio = median(counted.map((values) => values.forwarded / values.native));
  const { met, target } = judge(metric, ratio);
  const show = (way: "native" | "forwarded") =>
    median(counted.map((values) => values[way])).toPrecision(4);
  return {
    group,
    name: `${name}: ${metric}`,
    verdict: met || stage.software || Number.isNaN(ratio) ? "ok" : "missed",
    detail: `median of ${counted.length}`,
    ratio,
    target,
    native: show("native"),
    forwarded: show("forwarded"),
  };
}

function parse({ exitCode, stdout }: Outcome): Said | undefined {
  if (exitCode !== 0) return undefined;
  try {
    const said = JSON.parse(lastLine(stdout)) as Said;
    return typeof said.results === "object" && typeof said.metrics === "object" ? said : undefined;
  } catch {
    return undefined;
  }
}

/** Sums of floats may come in another order from run to run, natively too. */
export function agree(one: unknown, other: unknown): boolean {
  if (typeof one !== "number" || typeof other !== "number") return one === other;
  return Math.abs(one - other) <= 1e-3 * Math.max(Math.abs(one), Math.abs(other), 1e-6);
}
