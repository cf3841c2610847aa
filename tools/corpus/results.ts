/** Results on disk, one file a program, so that a run that was stopped goes on where it was. */
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { Result } from "./judge-program.ts";

export class ResultStore {
  private readonly directory: string;

  constructor(directory: string) {
    this.directory = directory;
    mkdirSync(directory, { recursive: true });
  }

  has(name: string): boolean {
    return existsSync(this.fileOf(name));
  }

  /** Throws where there is none. */
  read(name: string): Result {
    return JSON.parse(readFileSync(this.fileOf(name), "utf8")) as Result;
  }

  write(result: Result): void {
    const file = this.fileOf(result.name);
    writeFileSync(`${file}.${process.pid}`, `${JSON.stringify(result, undefined, 2)}\n`);
    renameSync(`${file}.${process.pid}`, file);
  }

  private fileOf(name: string): string {
    return path.join(this.directory, `${name}.json`);
  }
}
