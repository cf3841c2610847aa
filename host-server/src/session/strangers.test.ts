import { expect, test } from "vitest";
import { Strangers } from "./strangers.ts";

test("who takes most places loses the oldest of them, and nobody else does", () => {
  const strangers = new Strangers(3);
  const gone: string[] = [];
  const come = (uid: number, name: string) => strangers.admit(uid, () => gone.push(name));
  come(7, "other");
  come(5, "first");
  come(5, "second");
  come(5, "third");
  expect(gone).toEqual(["first"]);
  come(8, "late");
  expect(gone).toEqual(["first", "second"]);
  expect(strangers.count).toBe(3);
});

test("a place that was left is free", () => {
  const strangers = new Strangers(1);
  const gone: string[] = [];
  const leave = strangers.admit(5, () => gone.push("first"));
  leave();
  leave();
  strangers.admit(5, () => gone.push("second"));
  expect(gone).toEqual([]);
  expect(strangers.count).toBe(1);
});
