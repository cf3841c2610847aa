/**
 * Who names whom: the `#include "…"` and `import … from "…"` lines of one file, each with where it leads.
 */
import path from "node:path";

export interface Reference {
  /** 1-based. */
  readonly line: number;
  /** As written between the quotes. */
  readonly written: string;
  /** A path inside the repository, or `node:…`, or a package's name, or `written` where nothing in the tree fits. */
  readonly target: string;
}

const C_FILE = /\.(c|h|cc|cpp|hpp|cu|cuh)$/;
const TS_FILE = /\.(ts|mts|js|mjs)$/;
const INCLUDE = /^\s*#\s*include\s*"([^"]+)"/;
const IMPORT = /(?:\bfrom\s*|\bimport\s*\(?\s*|\brequire\(\s*)["']([^"']+)["']/;

/** Every reference of `file` in the order of its lines. `tree` is the set of all files' paths. */
export function referencesOf(file: string, text: string, tree: ReadonlySet<string>): Reference[] {
  const [pattern, resolve] = C_FILE.test(file)
    ? [INCLUDE, resolveInclude]
    : TS_FILE.test(file)
      ? [IMPORT, resolveImport]
      : [undefined, undefined];
  if (pattern === undefined) return [];
  return text.split("\n").flatMap((lineText, index) => {
    const written = pattern.exec(lineText)?.[1];
    if (written === undefined) return [];
    return [{ line: index + 1, written, target: resolve(file, written, tree) }];
  });
}

/**
 * Include directories are CMake's business, so an include that is not relative is looked for by how paths end;
 * where several end so, the one in the nearest room wins, as a compiler given that room first would have it.
 */
function resolveInclude(file: string, written: string, tree: ReadonlySet<string>): string {
  const beside = path.posix.normalize(path.posix.join(path.posix.dirname(file), written));
  if (tree.has(beside)) return beside;
  const suffix = `/${written.replace(/^(\.\.?\/)+/, "")}`;
  const candidates = [...tree].filter((candidate) => `/${candidate}`.endsWith(suffix));
  candidates.sort((a, b) => sharedPrefix(b, file) - sharedPrefix(a, file));
  return candidates[0] ?? written;
}

function resolveImport(file: string, written: string): string {
  if (!written.startsWith(".")) return written;
  return path.posix.normalize(path.posix.join(path.posix.dirname(file), written));
}

function sharedPrefix(a: string, b: string): number {
  let length = 0;
  while (length < a.length && a[length] === b[length]) length++;
  return length;
}
