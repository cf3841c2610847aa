/**
 * `npm run codegen`: writes protocol/generated from protocol/api and protocol/abi. Files that did not change keep their
 * time, so that nothing is rebuilt for them. `npm run codegen -- --lock` gives new calls their opcodes first.
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { cuda } from "../api/cuda/index.ts";
import { gl } from "../api/gl/index.ts";
import { DescriptionError } from "./errors.ts";
import { generate } from "./generate.ts";
import { agreedOn, generateGl } from "./gl/generate.ts";
import { RegistryMissing, readRegistry } from "./gl/locate.ts";
import { planGl, wiredSymbols } from "./gl/plan.ts";
import { parseRegistry } from "./gl/registry.ts";
import { extendLock, extendLockBy, LockError, parseLock } from "./lock.ts";

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

const LOCK_HEAD = "# opcode symbol: a number never moves and is never reused.\n";

const main = (args: readonly string[]): void => {
  const unknown = args.filter((a) => a !== "--lock");
  if (unknown.length > 0)
    throw new LockError(`codegen: unknown option ${unknown.join(" ")}; it takes --lock or nothing`);
  const cudaLock = join(protocolDir, "api/opcodes.lock");
  const glLock = join(protocolDir, "api/gl/opcodes.lock");
  const registry = parseRegistry(readRegistry("gl"));
  if (args.includes("--lock")) {
    writeIfChanged(cudaLock, extendLock(readOr(cudaLock, LOCK_HEAD), [cuda]));
    writeIfChanged(glLock, extendLockBy(readOr(glLock, LOCK_HEAD), wiredSymbols(gl, registry)));
  }
  const abiDir = join(protocolDir, "abi");
  const abi = new Map(
    readdirSync(abiDir)
      .filter((f) => f.endsWith(".h"))
      .sort()
      .map((f) => [f, readFileSync(join(abiDir, f), "utf8")]),
  );
  const plan = planGl(gl, registry, parseLock(readOr(glLock, "")));
  const files = new Map([
    ...generate({
      api: cuda,
      opcodes: parseLock(readOr(cudaLock, "")),
      abi,
      alsoAgreed: agreedOn(plan),
    }),
    ...generateGl(plan),
  ]);
  const changed = [...files].filter(([path, text]) =>
    writeIfChanged(join(protocolDir, "generated", path), text),
  );
  process.stderr.write(`codegen: ${files.size} files, ${changed.length} changed\n`);
};

const isForTheReader = (error: unknown): error is Error =>
  error instanceof DescriptionError ||
  error instanceof LockError ||
  error instanceof RegistryMissing;

try {
  main(process.argv.slice(2));
} catch (error) {
  if (!isForTheReader(error)) throw error;
  process.stderr.write(`codegen: ${error.message}\n`);
  process.exitCode = 1;
}
