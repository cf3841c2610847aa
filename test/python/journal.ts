/** What journal.py wrote of one module's tests, and what the runner added: how a test ended that could not say so itself. */
import { appendFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import type { Finding } from "../piglit/run-one.ts";
import { type Status, worst } from "../piglit/verdict.ts";

interface Line {
  /** pytest's node id; "" of a line about the whole module. */
  readonly test: string;
  readonly outcome:
    | "begun"
    | "passed"
    | "failed"
    | "skipped"
    | "crash"
    | "timeout"
    | "unreached"
    | "collected"
    | "ended";
  /** In order of collection; of a test that began. */
  readonly index?: number;
  /** Of the module's tests, when they were collected. */
  readonly count?: number;
  readonly why?: string;
  readonly seconds?: number;
  /** Of a subtest: the test goes on. */
  readonly part?: true;
}

const STATUS_OF: Readonly<Record<string, Status>> = {
  passed: "pass",
  failed: "fail",
  skipped: "skip",
  crash: "crash",
  timeout: "timeout",
};

/** Why a module ended before its last test that took longer than it may. */
export const OUT_OF_TIME = "out of time";

export class ModuleJournal {
  readonly file: string;

  constructor(file: string) {
    this.file = file;
  }

  add(line: Line): void {
    appendFileSync(this.file, `${JSON.stringify(line)}\n`);
  }

  /** Why the module's run ended before its last test, or "" where it did not; undefined while there is more to run. */
  ended(): string | undefined {
    const line = this.#lines().find(({ outcome }) => outcome === "ended");
    return line === undefined ? undefined : (line.why ?? "");
  }

  /** The test that began and has not ended. */
  underway(): string | undefined {
    const lines = this.#lines();
    const ended = new Set(
      lines
        .filter(({ outcome, part }) => outcome !== "begun" && part !== true)
        .map(({ test }) => test),
    );
    return lines.find(({ test }) => !ended.has(test))?.test;
  }

  /** So that a test during which the campaign itself was broken off is run again, and not blamed for the end. */
  forgetUnderway(): void {
    const test = this.underway();
    if (test === undefined) return;
    const kept = this.#lines().filter((line) => line.test !== test);
    writeFileSync(this.file, kept.map((line) => `${JSON.stringify(line)}\n`).join(""));
  }

  /** How many tests have a line. */
  size(): number {
    return new Set(this.#lines().flatMap(({ test }) => (test === "" ? [] : [test]))).size;
  }

  /** How many tests the module has, run or not. */
  collected(): number {
    return Math.max(0, ...this.#lines().map(({ count = 0 }) => count));
  }

  /** In order of collection, of the tests that began, by node id. */
  indexes(): Map<string, number> {
    return new Map(
      this.#lines().flatMap(({ test, index }) => (index === undefined ? [] : [[test, index]])),
    );
  }

  /** The indexes of the tests that ended. */
  reached(): number[] {
    const found = this.findings();
    return [...this.indexes()].flatMap(([test, index]) => (found.has(test) ? [index] : []));
  }

  /** By node id. A test is as bad as the worst of its set-up, its call, its parts and its tear-down. */
  findings(): Map<string, Finding> {
    const found = new Map<string, Finding>();
    for (const { test, outcome, why = "", seconds = 0 } of this.#lines()) {
      const status = STATUS_OF[outcome];
      if (status === undefined) continue;
      const before = found.get(test);
      const statuses = before === undefined ? [status] : [before.status, status];
      found.set(test, {
        status: worst(statuses),
        ms: (before?.ms ?? 0) + seconds * 1000,
        passed: [],
        said: before?.said || why,
      });
    }
    return found;
  }

  #lines(): Line[] {
    if (!existsSync(this.file)) return [];
    return readFileSync(this.file, "utf8").split("\n").flatMap(lineOf);
  }
}

function lineOf(text: string): Line[] {
  try {
    return [JSON.parse(text) as Line];
  } catch {
    return []; // the empty last line, or one that was being written when its process was killed
  }
}
