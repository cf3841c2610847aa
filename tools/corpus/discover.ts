/**
 * Finds programs in folders as public repositories keep them. A folder is one program where it says itself how it is
 * built (a CMakeLists.txt with an executable, a Makefile beside CUDA sources); elsewhere each .cu file that has a
 * main() is one, and where there is only one such file, the folder's others belong to it. Any other folder is searched
 * further down.
 */
import { readdirSync, readFileSync, realpathSync, statSync } from "node:fs";
import path from "node:path";

export type Builder = "cmake" | "make" | "nvcc";

export interface CorpusProgram {
  /** Unique among those found together, fit for a file's name. */
  readonly name: string;
  readonly builder: Builder;
  readonly directory: string;
  /** Of builder "nvcc": the sources inside the directory, the one with main() first. */
  readonly sources?: readonly string[];
}

const MAKEFILES = ["Makefile", "makefile", "GNUmakefile"];
const BUILDS_EXECUTABLE = /^\s*(?:cuda_)?add_executable\s*\(/m;
const HAS_MAIN = /\bmain\s*\(/;
const DEEPEST = 6;

export function discover(directories: readonly string[]): CorpusProgram[] {
  const found = directories.flatMap((directory) => search(realpathSync(directory), 0));
  return uniquelyNamed(found);
}

type Unnamed = Omit<CorpusProgram, "name">;

function search(directory: string, depth: number): Unnamed[] {
  if (!statSync(directory).isDirectory()) return [];
  const entries = readdirSync(directory, { withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => entry.name);
  const read = (name: string) => readFileSync(path.join(directory, name), "utf8");

  if (files.includes("CMakeLists.txt") && BUILDS_EXECUTABLE.test(read("CMakeLists.txt"))) {
    return [{ builder: "cmake", directory }];
  }
  const sources = files.filter((name) => name.endsWith(".cu"));
  const makefile = files.find((name) => MAKEFILES.includes(name));
  if (makefile !== undefined && (sources.length > 0 || /\bnvcc\b/.test(read(makefile)))) {
    return [{ builder: "make", directory }];
  }
  const starting = sources.filter((name) => HAS_MAIN.test(read(name)));
  const parts = starting.length === 1 ? sources.filter((name) => name !== starting[0]) : [];
  const own = starting.map(
    (source): Unnamed => ({ builder: "nvcc", directory, sources: [source, ...parts] }),
  );
  if (depth === DEEPEST) return own;
  const below = entries
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith("."))
    .flatMap((entry) => search(path.join(directory, entry.name), depth + 1));
  return [...own, ...below];
}

/** As many trailing parts of the path as tell a program from the others. */
function uniquelyNamed(found: readonly Unnamed[]): CorpusProgram[] {
  const parts = found.map(({ directory, sources }) => {
    const all = directory.split(path.sep).filter((part) => part !== "");
    return sources === undefined ? all : [...all, path.basename(sources[0]!, ".cu")];
  });
  const nameOf = (index: number, length: number) => parts[index]!.slice(-length).join(".");
  return found.map((program, index) => {
    let length = 1;
    const taken = () =>
      parts.some((_, other) => other !== index && nameOf(other, length) === nameOf(index, length));
    while (length < parts[index]!.length && taken()) length++;
    return { ...program, name: nameOf(index, length) };
  });
}
