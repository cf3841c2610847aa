// `gpuferry doctor`: what this machine has, what it lacks, and how to get it.
import { execFileSync, spawnSync } from "node:child_process";
import { accessSync, constants, existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import type { Config } from "../config/config.ts";
import type { Layout } from "../config/layout.ts";
import { asError } from "../model/errors.ts";
import { probe } from "./devices.ts";
import { printJson } from "./output.ts";

/** `missing` stops guests from being served; `absent` only means that something optional is not there. */
type Verdict = "ok" | "absent" | "missing";

interface Finding {
  readonly what: string;
  readonly verdict: Verdict;
  readonly detail: string;
  /** How to get it; "" where nothing is to be done. */
  readonly remedy: string;
}

const build = "npm run build";
const unpack = "unpack the whole bundle again";

/** Exit code 0 if guests can be served here, else 1. */
export async function doctor(
  config: Config,
  layout: Layout,
  options: { json?: boolean },
): Promise<number> {
  const findings = [
    node(),
    built(layout, "guest's shim", layout.shim),
    built(layout, "executor", config.executor.path ?? layout.executor),
    built(layout, "software CUDA device", layout.softDriver),
    built(layout, "server's addon", layout.addon),
    libraries([config.executor.path ?? layout.executor, layout.softDriver, layout.addon]),
    nvidia(),
    await devices(config, layout),
    openGl(config, layout),
    await server(config, layout),
    ...(layout.bundled ? [] : [nvcc(layout)]),
  ];
  const served = findings.every(({ verdict }) => verdict !== "missing");
  if (options.json === true) printJson({ ok: served, findings });
  else for (const finding of findings) process.stdout.write(describe(finding));
  return served ? 0 : 1;
}

function describe({ what, verdict, detail, remedy }: Finding): string {
  const line = `${verdict.padEnd(7)}  ${what}: ${detail}\n`;
  return remedy === "" ? line : `${line}${" ".repeat(9)}→ ${remedy}\n`;
}

function node(): Finding {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  const enough = major > 20 || (major === 20 && minor >= 19);
  return {
    what: "Node",
    verdict: enough ? "ok" : "missing",
    detail: process.versions.node,
    remedy: enough ? "" : "install Node 20.19 or newer",
  };
}

function built({ bundled }: Layout, what: string, path: string): Finding {
  const there = existsSync(path);
  return {
    what,
    verdict: there ? "ok" : "missing",
    detail: there ? path : `not ${bundled ? "there" : "built"} (${path})`,
    remedy: there ? "" : bundled ? unpack : build,
  };
}

/** What the loader would not find of what our files need: of an older or a very small system. */
function libraries(files: readonly string[]): Finding {
  const what = "shared libraries";
  const lacking = new Set<string>();
  for (const file of files.filter((path) => existsSync(path))) {
    const said = spawnSync("/lib64/ld-linux-x86-64.so.2", ["--list", file], { encoding: "utf8" });
    if (said.error !== undefined) {
      return { what, verdict: "absent", detail: `not known: ${said.error.message}`, remedy: "" };
    }
    for (const line of `${said.stdout}\n${said.stderr}`.split("\n")) {
      const missing = /^\s*(\S+) => not found|: ([^:]*(?:not found|cannot open).*)$/.exec(line);
      if (missing !== null) lacking.add(missing[1] ?? missing[2] ?? line);
    }
  }
  return {
    what,
    verdict: lacking.size === 0 ? "ok" : "missing",
    detail: lacking.size === 0 ? "all are found" : [...lacking].join(", "),
    remedy: lacking.size === 0 ? "" : "apt-get install libgcc-s1; glibc 2.28 or newer is needed",
  };
}

function nvidia(): Finding {
  const there = existsSync("/dev/nvidiactl");
  return {
    what: "NVIDIA driver",
    verdict: there ? "ok" : "absent",
    detail: there ? "/dev/nvidiactl is there" : "no /dev/nvidiactl: no GPU of NVIDIA's here",
    remedy: there ? "" : "none needed: guests get the software CUDA device",
  };
}

async function devices(config: Config, layout: Layout): Promise<Finding> {
  const what = `devices of driver ${JSON.stringify(config.executor.cudaDriver)}`;
  try {
    const { devices: found, driverPath } = await probe(config, layout);
    const names = found.map(({ name }) => name).join(", ");
    return { what, verdict: "ok", detail: `${names} (${driverPath})`, remedy: "" };
  } catch (thrown) {
    return {
      what,
      verdict: "missing",
      detail: asError(thrown).message,
      remedy: layout.bundled ? unpack : build,
    };
  }
}

/** Optional: CUDA's guests need none. */
function openGl(config: Config, layout: Layout): Finding {
  const { glDriver, path = layout.executor } = config.executor;
  const what = `OpenGL of driver ${JSON.stringify(glDriver)}`;
  const said = spawnSync(path, ["--describe-gl", "--gl-driver", glDriver], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
    timeout: config.executor.startTimeoutMs,
  });
  const { vendor, renderer, version, error } = parseGl(said.stdout);
  if (renderer !== undefined) {
    return { what, verdict: "ok", detail: `${renderer}, ${version} (${vendor})`, remedy: "" };
  }
  return {
    what,
    verdict: "absent",
    detail: `none for guests: ${error ?? said.error?.message ?? said.stderr.trim()}`,
    remedy: "install libegl1 and a driver, NVIDIA's or Mesa's (libgl1-mesa-dri)",
  };
}

interface GlDescription {
  readonly vendor?: string;
  readonly renderer?: string;
  readonly version?: string;
  readonly error?: string;
}

/** What `gpuferry-executor --describe-gl` prints; nothing of it where it printed something else. */
function parseGl(line: string | null): GlDescription {
  try {
    return JSON.parse(line ?? "") as GlDescription;
  } catch {
    return {};
  }
}

async function server(config: Config, layout: Layout): Promise<Finding> {
  const what = "server";
  const { socket, adminSocket } = config.server;
  const absent: Finding = {
    what,
    verdict: "absent",
    detail: `none on ${socket}`,
    remedy: "gpuferry serve (gpuferry run starts a private one)",
  };
  if (!existsSync(socket)) return absent;
  try {
    accessSync(socket, constants.W_OK);
  } catch {
    return {
      ...absent,
      detail: `${socket} may not be opened by this user`,
      remedy: "ask its owner",
    };
  }
  if (!existsSync(adminSocket)) return absent;
  const { AdminClient } = await import("../admin/client.ts");
  const client = new AdminClient(layout.adminProto, adminSocket);
  try {
    const { version, sessions, pid } = await client.health();
    return {
      what,
      verdict: "ok",
      detail: `${version} on ${socket}, pid ${pid}, ${sessions} sessions`,
      remedy: "",
    };
  } catch {
    return absent;
  } finally {
    client.close();
  }
}

function nvcc(layout: Layout): Finding {
  const directories = [...(process.env.PATH ?? "").split(delimiter), "/usr/local/cuda/bin"];
  const onPath = directories
    .map((directory) => join(directory, "nvcc"))
    .find((path) => existsSync(path));
  const ours = join(layout.root, "tools/nvcc");
  const path = onPath ?? (worksHere(ours) ? ours : undefined);
  return {
    what: "nvcc",
    verdict: path === undefined ? "absent" : "ok",
    detail: path ?? "not found; only building CUDA programs needs it, running them does not",
    remedy: path === undefined ? "npm run setup" : "",
  };
}

function worksHere(path: string): boolean {
  try {
    execFileSync(path, ["--version"], { stdio: "ignore", timeout: 5000 });
    return true;
  } catch {
    return false;
  }
}
