/**
 * What all campaigns over a suite have found, as a table that is committed: a fresh machine knows what was run before.
 *
 *     module.py  <tests>  <an outcome for each test>  <day>  <commit>
 *       <index>  <direct>  <forwarded>  <test>  <what it said>  <why a lost pass is not forwarding's>
 *
 * Outcomes stand in order of collection, those that repeat as a count and a letter. A test that neither passes nor is
 * skipped both ways has a line of its own. A module that cannot be imported has one without an index.
 */
import { isDeepStrictEqual } from "node:util";
import { ROOT } from "../lib/paths.ts";
import { type Loss, lossOf, type Pair } from "../piglit/compare.ts";
import { STATUSES, type Status } from "../piglit/verdict.ts";

/** What one campaign found of one module. */
export interface ModuleFindings {
  readonly module: string;
  /** How many tests the module has, run or not. */
  readonly tests: number;
  /** In order of collection, by the test's name. */
  readonly indexes: ReadonlyMap<string, number>;
  readonly pairs: readonly Pair[];
}

export interface Stamp {
  /** As 2026-11-29. */
  readonly day: string;
  readonly commit: string;
}

interface Exception {
  /** Undefined of the module itself. */
  readonly index: number | undefined;
  readonly direct: Status;
  readonly forwarded: Status;
  readonly test: string;
  readonly said: string;
  readonly excuse: string;
}

interface Row extends Stamp {
  readonly outcomes: string;
  readonly exceptions: readonly Exception[];
}

export interface Totals {
  readonly modules: number;
  /** All that the modules on record have. */
  readonly tests: number;
  readonly run: number;
  readonly passDirect: number;
  readonly passForwarded: number;
  /** Both ways. */
  readonly skipped: number;
  /** Passed directly only, without an excuse, by name. */
  readonly lost: readonly string[];
  readonly excused: readonly string[];
  /** Of those that were run, those that passed neither way, nor were skipped both ways. */
  readonly failed: number;
}

const [PASSED, SKIPPED, OTHER, NOT_RUN] = ["p", "s", "x", "."];
const LONGEST_SAID_CHARACTERS = 120;
const HEAD = ["module", "tests", "outcomes", "day", "commit"].join("\t");

export class SuiteRecord {
  readonly #packages: string;
  readonly #rows = new Map<string, Row>();

  /** @param packages what the suite is made of: a record of others says nothing of it */
  constructor(packages: readonly string[]) {
    this.#packages = `# ${packages.join(" ")}`;
  }

  /** False where `text` is of other packages, and nothing was read. @throws Error that names a line which is none of ours */
  read(text: string): boolean {
    const [packages, head, ...lines] = text.split("\n").filter((line) => line !== "");
    if (packages !== this.#packages) return false;
    if (head !== HEAD)
      throw new Error(
        `a record's second line is ${JSON.stringify(HEAD)}, not ${JSON.stringify(head)}`,
      );
    let module = "";
    for (const line of lines) {
      if (!line.startsWith("\t")) {
        const { name, row } = rowOf(line);
        module = name;
        this.#rows.set(module, row);
        continue;
      }
      const row = this.#rows.get(module);
      if (row === undefined) throw new Error(`before any module: ${JSON.stringify(line)}`);
      this.#rows.set(module, { ...row, exceptions: [...row.exceptions, exceptionOf(line)] });
    }
    return true;
  }

  text(): string {
    const rows = [...this.#rows].sort(([one], [other]) => (one < other ? -1 : 1));
    const lines = rows.flatMap(([module, { outcomes, exceptions, day, commit }]) => [
      [module, outcomes.length, packed(outcomes), day, commit].join("\t"),
      ...exceptions.map(({ index, direct, forwarded, test, said, excuse }) =>
        ["", index ?? "", direct, forwarded, test, said, excuse].join("\t"),
      ),
    ]);
    return `${[this.#packages, HEAD, ...lines].join("\n")}\n`;
  }

  /** A test that was run again counts as it ended last; one that was not counts as before. */
  merge({ module, tests, indexes, pairs }: ModuleFindings, stamp: Stamp): void {
    const before = this.#rows.get(module);
    // A module that has other tests now, by another version of NumPy for example, has nothing in common with its row.
    const known = before?.outcomes.length === tests ? before : undefined;
    const outcomes = [...(known?.outcomes ?? NOT_RUN.repeat(tests))];
    const exceptions = new Map(known?.exceptions.map((exception) => [exception.index, exception]));
    // Its own is there only where the module itself ended badly this time.
    if (pairs.length > 0) exceptions.delete(undefined);
    for (const pair of pairs) {
      const index = indexes.get(pair.name);
      if (index === undefined && pair.name !== module) continue;
      const outcome = outcomeOf(pair);
      if (index !== undefined) outcomes[index] = outcome;
      exceptions.delete(index);
      if (outcome === OTHER || index === undefined)
        exceptions.set(index, exceptionFrom(pair, index, module));
    }
    const row = {
      outcomes: outcomes.join(""),
      exceptions: [...exceptions.values()].sort(
        (one, other) => (one.index ?? -1) - (other.index ?? -1),
      ),
    };
    // The day that it was found is worth a change of a line only where something else is.
    if (known !== undefined && isDeepStrictEqual(row, pick(known))) return;
    this.#rows.set(module, { ...row, ...stamp });
  }

  /** Notes why passes were lost, which is found out only after all modules. */
  excuse(losses: readonly Loss[]): void {
    const excuses = new Map(losses.map(({ name, excuse }) => [name, excuse]));
    for (const [module, row] of this.#rows) {
      const exceptions = row.exceptions.map((exception) => ({
        ...exception,
        excuse: cell(excuses.get(nameOf(module, exception)) ?? exception.excuse),
      }));
      this.#rows.set(module, { ...row, exceptions });
    }
  }

  /** Indexes of tests that have not been run, and with `failing` of those that did not pass both ways; undefined: all. */
  lacking(module: string, { failing = false } = {}): number[] | undefined {
    const outcomes = this.#rows.get(module)?.outcomes;
    if (outcomes === undefined || outcomes === "") return undefined;
    const wanted = failing ? [NOT_RUN, OTHER] : [NOT_RUN];
    return [...outcomes].flatMap((outcome, index) => (wanted.includes(outcome) ? [index] : []));
  }

  totals(): Totals {
    const rows = [...this.#rows.values()];
    const outcomes = rows.map((row) => row.outcomes).join("");
    const count = (letter: string) => outcomes.split(letter).length - 1;
    const exceptions = [...this.#rows].flatMap(([module, row]) =>
      row.exceptions.map((exception) => ({ ...exception, name: nameOf(module, exception) })),
    );
    const modulesOwn = exceptions.filter(({ index }) => index === undefined).length;
    const passes = (way: "direct" | "forwarded") =>
      count(PASSED) + exceptions.filter((exception) => exception[way] === "pass").length;
    const losses = exceptions.filter(
      ({ direct, forwarded }) => direct === "pass" && forwarded !== "pass",
    );
    const isSkipped = ({ direct, forwarded }: Exception) =>
      direct === "skip" && forwarded === "skip";
    return {
      modules: rows.length,
      tests: outcomes.length + modulesOwn,
      run: outcomes.length - count(NOT_RUN) + modulesOwn,
      passDirect: passes("direct"),
      passForwarded: passes("forwarded"),
      skipped: count(SKIPPED) + exceptions.filter(isSkipped).length,
      lost: losses.filter(({ excuse }) => excuse === "").map(({ name }) => name),
      excused: losses.filter(({ excuse }) => excuse !== "").map(({ name }) => name),
      failed: exceptions.filter(
        (exception) =>
          exception.direct !== "pass" && exception.forwarded !== "pass" && !isSkipped(exception),
      ).length,
    };
  }
}

const pick = ({ outcomes, exceptions }: Row) => ({ outcomes, exceptions });

const nameOf = (module: string, { index, test }: Exception) =>
  index === undefined ? module : `${module}::${test}`;

function outcomeOf({ direct, forwarded }: Pair): string {
  if (direct.status !== forwarded.status) return OTHER;
  if (direct.status === "pass") return PASSED;
  return direct.status === "skip" ? SKIPPED : OTHER;
}

function exceptionFrom(pair: Pair, index: number | undefined, module: string): Exception {
  const { direct, forwarded, name } = pair;
  const said = lossOf(pair).length > 0 ? forwarded.said : direct.said;
  return {
    index,
    direct: direct.status,
    forwarded: forwarded.status,
    test: index === undefined ? "" : cell(name.replace(`${module}::`, "")),
    said: cell(said),
    excuse: "",
  };
}

/** Of a text, what fits a cell of the table: a part of its first line, without the place of this checkout. */
function cell(text: string): string {
  const [line = ""] = text.split("\n");
  return line
    .replaceAll(`${ROOT}/`, "")
    .replaceAll("\t", " ")
    .trim()
    .slice(0, LONGEST_SAID_CHARACTERS)
    .trimEnd();
}

const packed = (outcomes: string) =>
  outcomes.replace(/(.)\1*/g, (run, letter) => (run.length === 1 ? letter : run.length + letter));

function unpacked(text: string): string {
  return text.replace(/(\d+)(.)/g, (_, count, letter) => letter.repeat(Number(count)));
}

function rowOf(line: string): { name: string; row: Row } {
  const [name = "", tests, text = "", day = "", commit = "", ...more] = line.split("\t");
  const outcomes = unpacked(text);
  if (
    !/^(\d*[psx.])*$/.test(text) ||
    String(outcomes.length) !== tests ||
    commit === "" ||
    more.length > 0
  )
    throw new Error(`no module's line of a record: ${JSON.stringify(line)}`);
  return { name, row: { outcomes, day, commit, exceptions: [] } };
}

function exceptionOf(line: string): Exception {
  const [, index = "", direct, forwarded, test = "", said = "", excuse = "", ...more] =
    line.split("\t");
  const statuses = [direct, forwarded].map((word) => STATUSES.find((status) => status === word));
  const [directly, remotely] = statuses;
  if (!/^\d*$/.test(index) || directly === undefined || remotely === undefined || more.length > 0)
    throw new Error(`no test's line of a record: ${JSON.stringify(line)}`);
  return {
    index: index === "" ? undefined : Number(index),
    direct: directly,
    forwarded: remotely,
    test,
    said,
    excuse,
  };
}
