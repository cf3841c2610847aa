/** The two ways that everything runs: natively on a driver, and as a guest of a server of gpu-check's own. */
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Layout } from "../../host-server/src/config/layout.ts";
import { inFrontOf, preloadEntry } from "../../host-server/src/config/preload.ts";

export interface Stage {
  readonly layout: Layout;
  /** The software CUDA device takes the GPU's place. */
  readonly software: boolean;
  readonly quick: boolean;
  /** Reports, logs and what steps write. */
  readonly directory: string;
  readonly native: Readonly<Record<string, string>>;
  /** Of a guest that calls itself `name`; what it asks for is logged under that name. */
  forwarded(name: string, more?: Readonly<Record<string, string>>): Record<string, string>;
  /** Another server, with a configuration of its own. */
  serve(toml: string): Promise<Server>;
  stop(): Promise<void>;
}

export interface Server {
  readonly host: string;
  stop(): Promise<void>;
}

const START_TIMEOUT_MS = 60_000;

export async function openStage(
  layout: Layout,
  directory: string,
  options: { software: boolean; quick: boolean },
  jail = true,
): Promise<Stage> {
  const logs = path.join(directory, "asked");
  mkdirSync(logs, { recursive: true });
  let servers = 0;
  const serve = (toml: string) =>
    startServer(
      layout,
      path.join(directory, `server${jail ? "" : "-without-jail"}-${servers++}`),
      toml,
      options.software,
      jail,
    );
  const server = await serve("");
  const softDirectory = path.dirname(layout.softDriver);
  return {
    layout,
    directory,
    ...options,
    native: options.software
      ? { LD_LIBRARY_PATH: inFrontOf(softDirectory, process.env.LD_LIBRARY_PATH) }
      : {},
    forwarded: (name, more = {}) => ({
      LD_PRELOAD: preloadEntry(layout.shim),
      LD_LIBRARY_PATH: inFrontOf(path.dirname(layout.shim), process.env.LD_LIBRARY_PATH),
      GPUFERRY_HOST: server.host,
      GPUFERRY_LOG: path.join(logs, `${name.replaceAll(/[^A-Za-z0-9_.-]/g, "_")}.log`),
      ...more,
    }),
    serve,
    stop: server.stop,
  };
}

async function startServer(
  layout: Layout,
  directory: string,
  toml: string,
  software: boolean,
  jail: boolean,
): Promise<Server> {
  mkdirSync(directory, { recursive: true });
  const socket = path.join(directory, "host.sock");
  const config = path.join(directory, "gpuferry.toml");
  writeFileSync(config, toml);
  const args = ["serve", "--config", config, "--socket", socket];
  if (software) args.push("--cuda-driver", "soft");
  const child = spawn(path.join(layout.root, "bin/gpuferry"), args, {
    stdio: ["ignore", "ignore", "pipe"],
    env: { ...process.env, ...(!jail && { GPUFERRY_NO_JAIL: "1" }) },
  });
  let log = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    log += text;
    writeFileSync(path.join(directory, "server.log"), log);
  });
  const gone = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const deadline = Date.now() + START_TIMEOUT_MS;
  while (!existsSync(socket)) {
    if (child.exitCode !== null || Date.now() > deadline) {
      child.kill("SIGKILL");
      throw new Error(`gpuferry serve did not come up: ${log}`);
    }
    await sleep(50);
  }
  return { host: `unix:${socket}`, stop: () => stop(child, gone) };
}

async function stop(child: ChildProcess, gone: Promise<void>): Promise<void> {
  child.kill("SIGTERM");
  const late = setTimeout(() => child.kill("SIGKILL"), 15_000);
  await gone;
  clearTimeout(late);
}

/**
 * What did not get what it asked for, with the number of programs: guests of the driver, by their logs; drivers of the
 * executors' jail, and executors of the driver, by the servers'.
 */
export function askedInVain(directory: string): Record<string, number> {
  const found: Record<string, number> = {};
  const count = (names: Iterable<string>) => {
    for (const name of names) found[name] = (found[name] ?? 0) + 1;
  };
  const logs = path.join(directory, "asked");
  for (const file of existsSync(logs) ? readdirSync(logs) : [])
    count(new Set(linesOf(path.join(logs, file)).flatMap(saidByGuest)));
  for (const server of readdirSync(directory).filter((name) =>
    /^server(-without-jail)?-\d+$/.test(name),
  ))
    count(linesOf(path.join(directory, server, "server.log")).flatMap(saidByHost));
  return found;
}

const linesOf = (file: string) => (existsSync(file) ? readFileSync(file, "utf8").split("\n") : []);

export function saidByGuest(line: string): string[] {
  const said =
    /asked in vain for (.*?)(?:, version.*)?$/.exec(line)?.[1] ??
    /(slot \d+ of the export table "\w+") was called/.exec(line)?.[1] ??
    /gpuferry: (.*not (?:supported|forwarded|implemented).*)$/.exec(line)?.[1];
  return said === undefined ? [] : [said];
}

export function saidByHost(line: string): string[] {
  const said =
    /(the jail refused the system call \w+)/.exec(line)?.[1] ??
    /gpuferry-executor: \S+ (has no cu\w+)/.exec(line)?.[1] ??
    /gpuferry-executor: (crashed: .*?)"/.exec(line)?.[1];
  return said === undefined ? [] : [`host: ${said}`];
}
