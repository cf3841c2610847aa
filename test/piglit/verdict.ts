/** What a piglit test said and how it ended, made one word, as piglit's own runner does. */
import type { Outcome } from "../lib/run.ts";

/** From best to worst; a test with parts is as good as its worst part. */
export const STATUSES = ["skip", "pass", "warn", "fail", "timeout", "crash"] as const;
export type Status = (typeof STATUSES)[number];

interface Report {
  readonly result?: string;
  readonly subtest?: Readonly<Record<string, string>>;
}

export interface Verdict {
  readonly status: Status;
  /** Those of its parts that passed, by name; a test without parts has none. */
  readonly passed: readonly string[];
}

export function verdictOf(outcome: Outcome): Verdict {
  const parts = new Map<string, Status>();
  let said: Status | undefined;
  for (const line of outcome.stdout.split("\n")) {
    const report = reportOf(line);
    if (report?.result !== undefined) said = asStatus(report.result);
    for (const [name, status] of Object.entries(report?.subtest ?? {})) {
      parts.set(name, asStatus(status));
    }
  }
  const passed = [...parts].filter(([, status]) => status === "pass").map(([name]) => name);
  return { status: wholeOf(outcome, said, [...parts.values()]), passed };
}

function wholeOf(outcome: Outcome, said: Status | undefined, parts: readonly Status[]): Status {
  // The runner kills only what takes too long.
  if (outcome.signal === "SIGKILL") return "timeout";
  if (outcome.signal !== null) return "crash";
  if (parts.length > 0) return worst(parts);
  if (outcome.exitCode === 0) return said ?? "fail";
  return said === "pass" ? "warn" : "fail";
}

function reportOf(line: string): Report | undefined {
  if (!line.startsWith("PIGLIT:")) return undefined;
  try {
    return JSON.parse(line.slice("PIGLIT:".length)) as Report;
  } catch {
    return undefined; // cut short by a crash, which the exit status tells of
  }
}

function asStatus(word: string): Status {
  return STATUSES.find((status) => status === word) ?? "fail";
}

export function worst(statuses: readonly Status[]): Status {
  return statuses.reduce((one, other) =>
    STATUSES.indexOf(other) > STATUSES.indexOf(one) ? other : one,
  );
}
