import { describe, expect, test } from "vitest";
import { row } from "../api/model.ts";
import { extendLock, parseLock } from "./lock.ts";
import { toy, toyWith } from "./toy.ts";

describe("opcodes.lock", () => {
  const lock = extendLock("# calls\n", [toy]);

  test("numbers calls that travel, in the order of the description, and no others", () => {
    const opcodes = parseLock(lock);
    expect(opcodes.get("toyOpen")).toBe(1);
    expect(opcodes.get("toyPlay_v2")).toBe(8);
    for (const absent of ["toyPlay", "toyVersion", "toyFly"])
      expect(opcodes.has(absent)).toBe(false);
  });
  test("keeps every number when calls come and go", () => {
    const later = extendLock(lock, [toyWith([row("toyNew", 2000, "sync", "New.", [])])]);
    expect(later).toBe(`${lock}9 toyNew\n`);
    expect(extendLock(later, [toy])).toBe(later);
  });
  test.each([
    ["1 a\n1 b\n", "opcodes.lock:2: 1 is a's already"],
    ["1 a\n2 a\n", "opcodes.lock:2: a has a number already"],
    ["x a\n", 'opcodes.lock:1: "x a" is not "number symbol"'],
    ["70000 a\n", "opcodes.lock:1: 70000 does not fit 16 bits"],
  ])("refuses %j", (text, message) => {
    expect(() => parseLock(text)).toThrow(message);
  });
});
