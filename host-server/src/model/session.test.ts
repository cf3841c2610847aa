import { expect, test } from "vitest";
import { mayBecome, type SessionState } from "./session.ts";

const states: SessionState[] = ["connecting", "admitted", "running", "ending", "reaped"];

test("a session only goes forward", () => {
  for (const [i, from] of states.entries()) {
    for (const to of states.slice(0, i + 1)) expect(mayBecome(from, to)).toBe(false);
  }
});

test("every state but the last can end, and only an ending session is reaped", () => {
  for (const from of states) {
    expect(mayBecome(from, "ending")).toBe(from !== "ending" && from !== "reaped");
    expect(mayBecome(from, "reaped")).toBe(from === "ending");
  }
});
