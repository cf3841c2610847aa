// From a TOML file (or none) to what the services are built from.
import { readFileSync } from "node:fs";
import { parse, TomlError } from "smol-toml";
import type { z } from "zod";
import { asError, GpuferryError } from "../model/errors.ts";
import type { Tenant } from "../model/tenant.ts";
import { adminSocketOf, defaultSocket, type Surroundings } from "./addresses.ts";
import { nearest } from "./nearest.ts";
import { type ConfigFile, fileSchema, knownKeys } from "./schema.ts";

export interface Config {
  readonly server: {
    readonly socket: string;
    readonly adminSocket: string;
    readonly socketMode: number;
    readonly maxSessions: number;
    readonly helloTimeoutMs: number;
  };
  readonly log: ConfigFile["log"];
  readonly executor: {
    /** undefined: the one that was built with this server. */
    readonly path: string | undefined;
    readonly cudaDriver: string;
    readonly glDriver: string;
    readonly spares: number;
    /** undefined: as many as `spares`, once a guest has used OpenGL. */
    readonly glSpares: number | undefined;
    readonly heapBytes: number;
    readonly startTimeoutMs: number;
  };
  readonly scheduler: {
    readonly tickMs: number;
    readonly idleTickMs: number;
    readonly leadMs: number;
  };
  readonly tenants: readonly Tenant[];
}

/** What a TOML text says. `name` is for messages. @throws GpuferryError GF_CONFIG */
export function parseConfig(text: string, name: string, around: Surroundings): Config {
  let value: unknown;
  try {
    value = parse(text);
  } catch (thrown) {
    const where = thrown instanceof TomlError ? `:${thrown.line}:${thrown.column}` : "";
    const why = asError(thrown).message.split("\n")[0];
    throw new GpuferryError("GF_CONFIG", `${name}${where}: ${why}`);
  }
  const checked = fileSchema.safeParse(value);
  if (!checked.success) {
    const lines = checked.error.issues.flatMap(describeIssue).map((line) => `${name}: ${line}`);
    throw new GpuferryError("GF_CONFIG", lines.join("\n"));
  }
  return build(checked.data, name, around);
}

/** @throws GpuferryError GF_CONFIG */
export function loadConfig(path: string | undefined, around: Surroundings): Config {
  if (path === undefined) return parseConfig("", "defaults", around);
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (thrown) {
    throw new GpuferryError("GF_CONFIG", `cannot read ${path}: ${asError(thrown).message}`);
  }
  return parseConfig(text, path, around);
}

function build(file: ConfigFile, name: string, around: Surroundings): Config {
  const socket = file.server.socket ?? defaultSocket(around);
  return {
    server: {
      socket,
      adminSocket: file.server.admin_socket ?? adminSocketOf(socket),
      // Who listed tenants decides by them who may come in; who did not serves only itself.
      socketMode: file.server.socket_mode ?? (file.tenant === undefined ? 0o600 : 0o666),
      maxSessions: file.server.max_sessions,
      helloTimeoutMs: file.server.hello_timeout,
    },
    log: file.log,
    executor: {
      path: file.executor.path,
      cudaDriver: file.executor.cuda_driver,
      glDriver: file.executor.gl_driver,
      spares: file.executor.spares,
      glSpares: file.executor.gl_spares,
      heapBytes: file.executor.heap,
      startTimeoutMs: file.executor.start_timeout,
    },
    scheduler: {
      tickMs: file.scheduler.tick,
      idleTickMs: file.scheduler.idle_tick,
      leadMs: file.scheduler.lead,
    },
    tenants: (file.tenant ?? [{ ...defaultTenant, uids: [around.uid] }]).map((row, index, all) => {
      const where = `${name}: tenant ${JSON.stringify(row.name)}`;
      if (all.findIndex((other) => other.name === row.name) !== index) {
        throw new GpuferryError("GF_CONFIG", `${where} is there twice`);
      }
      if (row.uids.length === 0 && row.gids.length === 0) {
        throw new GpuferryError(
          "GF_CONFIG",
          `${where} lists neither uids nor gids: nobody matches`,
        );
      }
      const maxWeight = row.max_weight ?? Math.max(row.weight, 1);
      if (maxWeight < row.weight) {
        throw new GpuferryError(
          "GF_CONFIG",
          `${where}: max_weight ${maxWeight} is less than weight ${row.weight}`,
        );
      }
      return {
        name: row.name,
        uids: row.uids,
        gids: row.gids,
        weight: row.weight,
        maxWeight,
        memoryQuotaBytes: row.memory_quota ?? Number.POSITIVE_INFINITY,
        maxSessions: row.max_sessions,
        devices: row.devices,
      };
    }),
  };
}

/** Whoever starts a server without tenants has it alone, and may weigh its own sessions freely. */
const defaultTenant: NonNullable<ConfigFile["tenant"]>[number] = {
  name: "default",
  uids: [],
  gids: [],
  weight: 1,
  max_weight: 1000,
  max_sessions: 256,
};

function describeIssue(issue: z.core.$ZodIssue): string[] {
  const where = issue.path.map(String);
  if (issue.code !== "unrecognized_keys") return [`${where.join(".") || "file"}: ${issue.message}`];
  const known = knownKeys[where[0] ?? ""] ?? [];
  return issue.keys.map((key) => {
    const meant = nearest(key, known);
    const hint =
      meant === undefined
        ? `known are ${known.join(", ")}`
        : `did you mean ${JSON.stringify(meant)}?`;
    return `unknown key ${JSON.stringify([...where, key].join("."))}: ${hint}`;
  });
}
