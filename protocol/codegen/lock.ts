/**
 * protocol/api/opcodes.lock: which number each call has on the wire. Committed; a number never moves and is never
 * reused, so the file only grows. A call that is no longer described keeps its line.
 */
import type { Api } from "../api/model.ts";
import { hasOpcode } from "./plan.ts";

export class LockError extends Error {}

/** Lines of `opcode symbol`; `#` starts a comment. */
export const parseLock = (text: string): Map<string, number> => {
  const opcodes = new Map<string, number>();
  const seen = new Map<number, string>();
  for (const [index, line] of text.split("\n").entries()) {
    const content = line.replace(/#.*/, "").trim();
    if (content === "") continue;
    const match = /^(\d+) (\w+)$/.exec(content);
    if (!match) throw new LockError(`opcodes.lock:${index + 1}: "${line}" is not "number symbol"`);
    const opcode = Number(match[1]);
    const symbol = match[2] as string;
    if (opcode < 1 || opcode > 0xffff)
      throw new LockError(`opcodes.lock:${index + 1}: ${opcode} does not fit 16 bits`);
    const other = seen.get(opcode);
    if (other) throw new LockError(`opcodes.lock:${index + 1}: ${opcode} is ${other}'s already`);
    if (opcodes.has(symbol))
      throw new LockError(`opcodes.lock:${index + 1}: ${symbol} has a number already`);
    seen.set(opcode, symbol);
    opcodes.set(symbol, opcode);
  }
  return opcodes;
};

/** The lock with numbers for symbols that have none yet, appended in their order. */
export const extendLockBy = (text: string, symbols: readonly string[]): string => {
  const opcodes = parseLock(text);
  let next = Math.max(0, ...opcodes.values()) + 1;
  const added = symbols.filter((s) => !opcodes.has(s)).map((symbol) => `${next++} ${symbol}\n`);
  return text + added.join("");
};

/** The same for the calls of described APIs, in the order of the description. */
export const extendLock = (text: string, apis: readonly Api[]): string =>
  extendLockBy(
    text,
    apis
      .flatMap((api) => api.files.flatMap((f) => f.rows))
      .filter((row) => hasOpcode(row))
      .map((row) => row.symbol),
  );
