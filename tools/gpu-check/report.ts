/** What gpu-check found: kept after every step, so that a run that is broken off still tells what it saw. */
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import path from "node:path";

/** `skip`: it cannot run here, natively either; `fail`: forwarding lost something, or the step broke. */
export type Verdict = "ok" | "fail" | "skip" | "missed";

export interface Row {
  readonly group: string;
  readonly name: string;
  /** `missed`: right, but slower than the target. */
  readonly verdict: Verdict;
  /** One line: why, or what it shows. */
  readonly detail: string;
  /** Forwarded over native, as the target is stated; absent where it is not about time. */
  readonly ratio?: number;
  readonly target?: string;
  readonly native?: string;
  readonly forwarded?: string;
}

export interface Facts {
  readonly date: string;
  readonly version: string;
  readonly software: boolean;
  readonly quick: boolean;
  readonly gpu: string;
  readonly driver: string;
  readonly machine: Readonly<Record<string, string>>;
}

export interface Report {
  readonly facts: Facts;
  readonly rows: Row[];
  /** What guests asked for and did not get, by name, with how many programs asked. */
  readonly askedInVain: Record<string, number>;
  /** Steps that have not run yet; empty in a report that is whole. */
  waiting: string[];
}

/** An earlier run's; undefined where there is none. */
export function readReport(directory: string): Report | undefined {
  const file = path.join(directory, "gpu-check.json");
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Report) : undefined;
}

export function writeReport(directory: string, report: Report): void {
  const write = (name: string, text: string) => {
    const file = path.join(directory, name);
    writeFileSync(`${file}.part`, text);
    renameSync(`${file}.part`, file);
  };
  write("gpu-check.json", `${JSON.stringify(report, null, 1)}\n`);
  write("gpu-check.md", markdown(report));
}

const cell = (text: string | undefined) =>
  (text ?? "").replaceAll("|", "\\|").replaceAll("\n", " ");

export function markdown({ facts, rows, askedInVain, waiting }: Report): string {
  const count = (verdict: Verdict) => rows.filter((row) => row.verdict === verdict).length;
  const lines = [
    `# gpu-check: ${facts.gpu}`,
    "",
    facts.software
      ? "**Seen on the software CUDA device only**: this machine has no GPU, or was told to leave it alone. Times say nothing about one."
      : `Seen on ${facts.gpu}, driver ${facts.driver}.`,
    "",
    `${facts.date.slice(0, 10)}, gpuferry ${facts.version}${facts.quick ? ", quick" : ""}: ` +
      `${count("ok")} ok, ${count("fail")} failed, ${count("missed")} right but slower than the target, ${count("skip")} not possible here.`,
    ...(waiting.length > 0 ? ["", `**Broken off**; not run: ${waiting.join(", ")}.`] : []),
    "",
    ...Object.entries(facts.machine).map(([name, value]) => `- ${name}: ${cell(value)}`),
  ];
  for (const group of new Set(rows.map((row) => row.group))) {
    lines.push("", `## ${group}`, "");
    lines.push("| what | verdict | native | forwarded | ratio | target | |");
    lines.push("|---|---|---|---|---|---|---|");
    for (const row of rows.filter((candidate) => candidate.group === group)) {
      const { name, verdict, native, forwarded, ratio, target, detail } = row;
      const cells = [name, verdict, native, forwarded, ratio?.toFixed(3), target, detail];
      lines.push(`| ${cells.map(cell).join(" | ")} |`);
    }
  }
  const asked = Object.entries(askedInVain).sort(([, a], [, b]) => b - a);
  if (asked.length > 0) {
    lines.push("", "## Asked for in vain", "", "| what | by programs |", "|---|---|");
    for (const [what, programs] of asked) lines.push(`| ${cell(what)} | ${programs} |`);
  }
  return `${lines.join("\n")}\n`;
}
