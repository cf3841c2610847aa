/**
 * `npm run codegen`: writes protocol/generated from protocol/api and protocol/abi. Files that did not change keep their
 * time, so that nothing is rebuilt for them. `npm run codegen -- --lock` gives new calls their opcodes first.
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { cuda } from "../api/cuda/index.ts";
import { DescriptionError } from "./errors.ts";
import { generate } from "./generate.ts";
import { extendLock, LockError, parseLock } from "./lock.ts";

const protocolDir = join(dirname(fileURLToPath(import.meta.url)), "..");

const readOr = (path: string, otherwise: string): string => {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return otherwise;
  }
};

const writeIfChanged = (path: string, text: string): boolean => {
  if (readOr(path, "") === text) return false;
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  return true;
};

const main = (args: readonly string[]): void => {
  const unknown = args.filter((a) => a !== "--lock");
  if (unknown.length > 0)
    throw new LockError(`codegen: unknown option ${unknown.join(" ")}; it takes --lock or nothing`);
  const lockPath = join(protocolDir, "api/opcodes.lock");
  if (args.includes("--lock")) {
    writeIfChanged(
      lockPath,
      extendLock(readOr(lockPath, "# opcode symbol: a number never moves and is never reused.\n"), [
        cuda,
      ]),
    );
  }
  const abiDir = join(protocolDir, "abi");
  const abi = new Map(
    readdirSync(abiDir)
      .filter((f) => f.endsWith(".h"))
      .sort()
      .map((f) => [f, readFileSync(join(abiDir, f), "utf8")]),
  );
  const files = generate({ api: cuda, opcodes: parseLock(readOr(lockPath, "")), abi });
  const changed = [...files].filter(([path, text]) =>
    writeIfChanged(join(protocolDir, "generated", path), text),
  );
  process.stderr.write(`codegen: ${files.size} files, ${changed.length} changed\n`);
};

try {
  main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof DescriptionError) && !(error instanceof LockError)) throw error;
  process.stderr.write(`codegen: ${error.message}\n`);
  process.exitCode = 1;
}
