// Logs go to stderr: JSON for machines, one readable line for a terminal.
import pino from "pino";
import type { ConfigFile } from "../config/schema.ts";
import type { Logger } from "../model/log.ts";

/** Fields that are in every line or have a place of their own in the readable form. */
const framed = new Set(["level", "time", "msg", "pid", "hostname", "sessionId"]);

export function createLogger({ level, format }: ConfigFile["log"]): Logger {
  const readable = format === "text" || (format === "auto" && process.stderr.isTTY === true);
  const options: pino.LoggerOptions = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
  };
  // Written at once: lines of a server that is killed are the ones that matter.
  if (!readable) return pino(options, pino.destination({ dest: 2, sync: true }));
  return pino(options, { write: (line) => process.stderr.write(readableLine(line)) });
}

/** `12:00:01.234 warn  [7] guest refused  code=GF_NO_CAPACITY` */
export function readableLine(json: string): string {
  const fields = JSON.parse(json) as Record<string, unknown>;
  const time = String(fields.time).slice(11, 23);
  const session = fields.sessionId === undefined ? "" : `[${fields.sessionId}] `;
  const rest = Object.entries(fields)
    .filter(([name]) => !framed.has(name))
    .map(([name, value]) => `  ${name}=${readableValue(value)}`);
  return `${time} ${String(fields.level).padEnd(5)} ${session}${fields.msg}${rest.join("")}\n`;
}

function readableValue(value: unknown): string {
  if (typeof value === "string") return /^[\w./:-]+$/.test(value) ? value : JSON.stringify(value);
  if (typeof value === "object" && value !== null && "message" in value) {
    return JSON.stringify(value.message);
  }
  return JSON.stringify(value);
}
