// The configuration file: every key, its default and its bounds. Documented in
// docs/configuration.md, which a test holds to this file.
import { z } from "zod";
import { durationUnits, parseDurationMs, parseSizeBytes, sizeUnits } from "../model/units.ts";

const duration = (minMs: number, maxMs: number) =>
  z.string().transform((text, context) => {
    const ms = parseDurationMs(text);
    if (ms !== undefined && ms >= minMs && ms <= maxMs) return ms;
    context.addIssue({
      code: "custom",
      message:
        ms === undefined
          ? `${JSON.stringify(text)} is no duration: a number and one of ${durationUnits.join(", ")}`
          : `${JSON.stringify(text)} is not between ${minMs}ms and ${maxMs}ms`,
    });
    return z.NEVER;
  });

const size = (minBytes: number, maxBytes: number) =>
  z.string().transform((text, context) => {
    const bytes = parseSizeBytes(text);
    if (bytes !== undefined && bytes >= minBytes && bytes <= maxBytes) return bytes;
    context.addIssue({
      code: "custom",
      message:
        bytes === undefined
          ? `${JSON.stringify(text)} is no size: a number and one of ${sizeUnits.join(", ")}`
          : `${JSON.stringify(text)} is not between ${minBytes}B and ${maxBytes}B`,
    });
    return z.NEVER;
  });

/** "0660" → 0o660. */
const fileMode = z
  .string()
  .regex(/^0?[0-7]{3}$/, 'is no file mode such as "0600"')
  .transform((text) => Number.parseInt(text, 8));

const path = z.string().min(1).startsWith("/", "is no absolute path");
// The largest id is what the kernel uses for "none": no rule may match it.
const posixId = z.int().min(0).max(0xfffffffe);
const weight = z.number().min(0.01).max(1000);

const server = z.strictObject({
  socket: path.optional(),
  admin_socket: path.optional(),
  socket_mode: fileMode.optional(),
  max_sessions: z.int().min(1).max(4096).default(256),
  hello_timeout: duration(10, 60_000).prefault("2s"),
});

const log = z.strictObject({
  level: z.enum(["trace", "debug", "info", "warn", "error"]).default("info"),
  format: z.enum(["auto", "json", "text"]).default("auto"),
});

const executor = z.strictObject({
  path: path.optional(),
  cuda_driver: z
    .string()
    .regex(/^(auto|soft|\/.+)$/, 'is neither "auto", "soft" nor an absolute path')
    .default("auto"),
  gl_driver: z
    .string()
    .regex(/^(auto|none|\/.+)$/, 'is neither "auto", "none" nor an absolute path')
    .default("auto"),
  spares: z.int().min(0).max(64).default(1),
  gl_spares: z.int().min(0).max(64).optional(),
  heap: size(64 * 2 ** 20, 2 ** 40).prefault("16GiB"),
  start_timeout: duration(100, 600_000).prefault("30s"),
});

const scheduler = z.strictObject({
  tick: duration(1, 1000).prefault("5ms"),
  idle_tick: duration(1, 10_000).prefault("25ms"),
  lead: duration(1, 10_000).prefault("10ms"),
});

const tenant = z.strictObject({
  name: z
    .string()
    .regex(
      /^[A-Za-z0-9][A-Za-z0-9._-]{0,30}$/,
      "is no name: up to 31 letters, digits, '.', '_', '-'",
    ),
  uids: z.array(posixId).default([]),
  gids: z.array(posixId).default([]),
  weight: weight.default(1),
  max_weight: weight.optional(),
  memory_quota: size(0, 2 ** 50).optional(),
  max_sessions: z.int().min(1).max(4096).default(64),
  devices: z.array(z.int().min(0).max(63)).min(1).optional(),
});

export const fileSchema = z.strictObject({
  server: server.prefault({}),
  log: log.prefault({}),
  executor: executor.prefault({}),
  scheduler: scheduler.prefault({}),
  tenant: z.array(tenant).min(1).optional(),
});

/** The file as checked, with its own names; durations in ms, sizes in bytes. */
export type ConfigFile = z.output<typeof fileSchema>;

/** Every section and its keys, for "did you mean" and for the test of the documentation. */
export const knownKeys: Readonly<Record<string, readonly string[]>> = {
  "": Object.keys(fileSchema.shape),
  server: Object.keys(server.shape),
  log: Object.keys(log.shape),
  executor: Object.keys(executor.shape),
  scheduler: Object.keys(scheduler.shape),
  tenant: Object.keys(tenant.shape),
};
