/**
 * What a campaign has found so far, a JSON line a run of a test, so that one that was broken off goes on where it was.
 * Direct runs know nothing of gpuferry and are kept; forwarded ones count only for the build that they ran with.
 */
import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import type { Finding } from "./run-one.ts";

export const WAYS = ["direct", "forwarded"] as const;
export type Way = (typeof WAYS)[number];

interface Entry extends Finding {
  readonly name: string;
  readonly way: Way;
  /** What was forwarded with; "" of a direct run. */
  readonly build: string;
}

export class Journal {
  readonly #file: string;
  readonly #build: string;
  readonly #found: Record<Way, Map<string, Finding>> = { direct: new Map(), forwarded: new Map() };

  constructor(file: string, build: string) {
    this.#file = file;
    this.#build = build;
    mkdirSync(path.dirname(file), { recursive: true });
    if (!existsSync(file)) return;
    for (const line of readFileSync(file, "utf8").split("\n")) {
      const entry = entryOf(line);
      if (entry === undefined || (entry.way === "forwarded" && entry.build !== build)) continue;
      this.#found[entry.way].set(entry.name, entry);
    }
  }

  find(name: string, way: Way): Finding | undefined {
    return this.#found[way].get(name);
  }

  add(name: string, way: Way, finding: Finding): void {
    this.#found[way].set(name, finding);
    const entry: Entry = { name, way, build: way === "direct" ? "" : this.#build, ...finding };
    appendFileSync(this.#file, `${JSON.stringify(entry)}\n`);
  }

  /** Forgets everything, of every build. */
  clear(): void {
    rmSync(this.#file, { force: true });
    for (const way of WAYS) this.#found[way].clear();
  }
}

function entryOf(line: string): Entry | undefined {
  try {
    return JSON.parse(line) as Entry;
  } catch {
    return undefined; // the empty last line, or one that was being written when the campaign was killed
  }
}
