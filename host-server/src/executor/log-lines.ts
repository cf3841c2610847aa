// An executor's stderr, line by line: JSON with `level` and `message`, or plain text.
import type { Readable } from "node:stream";
import type { Logger } from "../model/log.ts";

/** An executor that a guest has taken over shall not fill the server's memory with one line. */
export const maxLineLength = 16_384;

const levels = ["trace", "debug", "info", "warn", "error", "fatal"] as const;
type Level = (typeof levels)[number];

/** Writes each line of `stream` to the logger that `log` returns at that time. */
export function pipeLogLines(stream: Readable, log: () => Logger): void {
  let pending = "";
  const write = (line: string) => {
    const parsed = parseLogLine(line);
    if (parsed === undefined) log().info(line);
    else log()[parsed.level](parsed.rest, parsed.message);
  };
  stream.setEncoding("utf8").on("data", (text: string) => {
    const lines = (pending + text).split("\n");
    pending = lines.pop() ?? "";
    if (pending.length > maxLineLength) {
      lines.push(pending);
      pending = "";
    }
    for (const line of lines) if (line !== "") write(line.slice(0, maxLineLength));
  });
  stream.on("end", () => {
    if (pending !== "") write(pending);
  });
}

/** undefined if it is not JSON of the expected shape. */
export function parseLogLine(
  line: string,
): { level: Level; message: string; rest: Record<string, unknown> } | undefined {
  if (!line.startsWith("{")) return undefined;
  try {
    const { level, message, ...rest } = JSON.parse(line) as Record<string, unknown>;
    if (typeof message !== "string") return undefined;
    return { level: levels.find((known) => known === level) ?? "info", message, rest };
  } catch {
    return undefined;
  }
}
