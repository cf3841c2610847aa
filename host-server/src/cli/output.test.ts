import { expect, test } from "vitest";
import { readableLine } from "./logging.ts";
import { formatTable } from "./output.ts";

test("a table is as wide as its widest cells", () => {
  const table = formatTable<[string, number]>(
    [
      { title: "NAME", cell: ([name]) => name },
      { title: "N", right: true, cell: ([, n]) => String(n) },
      { title: "LAST", cell: ([name]) => name },
    ],
    [
      ["a", 1],
      ["longer", 1234],
    ],
  );
  expect(table).toBe(
    ["NAME       N  LAST", "a          1  a", "longer  1234  longer", ""].join("\n"),
  );
});

test("a log line reads time, level, session, message, rest", () => {
  const json = JSON.stringify({
    level: "warn",
    time: "2026-01-02T03:04:05.678Z",
    sessionId: 7,
    code: "GF_NO_CAPACITY",
    why: "too many",
    peer: { uid: 1 },
    msg: "guest refused",
  });
  expect(readableLine(json)).toBe(
    '03:04:05.678 warn  [7] guest refused  code=GF_NO_CAPACITY  why="too many"  peer={"uid":1}\n',
  );
});
