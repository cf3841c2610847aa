/** Every function of the driver's API with good and bad arguments: the bundle's cuda-conformance, line by line both ways. */
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { run } from "../run.ts";
import { MINUTE, type Step } from "../step.ts";

interface Meant {
  readonly function: string;
  readonly case: string;
  readonly why: string;
  readonly direct?: string;
  readonly forwarded?: string;
}

export const conformance: Step = {
  name: "conformance",
  limitMs: 30 * MINUTE,
  async run(stage, add) {
    const group = "CUDA conformance";
    const program = path.join(stage.layout.root, "bin/cuda-conformance");
    if (!existsSync(program)) {
      add({
        group,
        name: "all functions",
        verdict: "skip",
        detail: "this bundle has no cuda-conformance",
      });
      return;
    }
    const only = stage.quick && stage.software ? ["--only", "cuDevice*"] : [];
    const limitMs = stage.quick ? 2 * MINUTE : 10 * MINUTE;
    const native = await run(program, only, stage.native, limitMs);
    const forwarded = await run(program, only, stage.forwarded("cuda-conformance"), limitMs);
    const [before, after] = [lines(native.stdout), lines(forwarded.stdout)];
    if (before.size === 0 || after.size === 0) {
      const why = `natively ${native.ending}, ${before.size} lines; forwarded ${forwarded.ending}, ${after.size} lines`;
      add({ group, name: "all functions", verdict: "fail", detail: why });
      return;
    }
    const file = path.join(stage.layout.root, "share/gpu-check/conformance/differences.json");
    const meant = existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Meant[]) : [];
    let [same, known] = [0, 0];
    for (const key of new Set([...before.keys(), ...after.keys()])) {
      const [direct, other] = [
        before.get(key) ?? "(no such call)",
        after.get(key) ?? "(no such call)",
      ];
      if (direct === other) same++;
      else if (meant.some((one) => isMeant(one, key, direct, other))) known++;
      else {
        const name = key.replace("\t", ": ");
        add({ group, name, verdict: "fail", detail: "differs", native: direct, forwarded: other });
      }
    }
    const detail = `${same} calls alike, ${known} differ as written down`;
    add({ group, name: "all functions", verdict: same > 0 ? "ok" : "fail", detail });
  },
};

function lines(text: string): Map<string, string> {
  const calls = new Map<string, string>();
  for (const line of text.split("\n")) {
    const [symbol, name, ...rest] = line.split("\t");
    if (name !== undefined && rest.length > 0) calls.set(`${symbol}\t${name}`, rest.join("\t"));
  }
  return calls;
}

function isMeant(one: Meant, key: string, direct: string, forwarded: string): boolean {
  const [symbol = "", name = ""] = key.split("\t");
  return (
    fits(one.function, symbol) &&
    fits(one.case, name) &&
    fits(one.direct ?? "*", direct) &&
    fits(one.forwarded ?? "*", forwarded)
  );
}

function fits(pattern: string, text: string): boolean {
  const source = pattern.replace(/[.+^${}()|[\]\\]/g, "\\$&");
  return new RegExp(`^${source.replaceAll("*", ".*").replaceAll("?", ".")}$`, "s").test(text);
}
