import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import type { Logger } from "../model/log.ts";
import { maxLineLength, parseLogLine, pipeLogLines } from "./log-lines.ts";

test.each([
  ['{"level":"warn","message":"x","lane":3}', { level: "warn", message: "x", rest: { lane: 3 } }],
  ['{"level":"shout","message":"x"}', { level: "info", message: "x", rest: {} }],
  ['{"level":"warn"}', undefined],
  ["plain text", undefined],
  ["{broken", undefined],
])("%s", (line, parsed) => expect(parseLogLine(line)).toEqual(parsed));

test("lines come whole, and an endless one in pieces", async () => {
  const seen: string[] = [];
  const log = new Proxy({} as Logger, { get: () => (line: string) => seen.push(line) });
  const stream = new PassThrough();
  pipeLogLines(stream, () => log);
  stream.write("one\ntw");
  stream.write("o\n\n");
  stream.write("x".repeat(maxLineLength + 1));
  stream.end("last");
  await new Promise((resolve) => stream.once("end", resolve));
  expect(seen).toEqual(["one", "two", "x".repeat(maxLineLength), "last"]);
});
