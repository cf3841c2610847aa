/**
 * `npm run bundle`: what an admin unpacks on a host without a toolchain, and what a guest's machine gets.
 *
 *   build/bundle/gpuferry-VERSION-linux-x64.tar.xz         Node, server, executor, shim, software device, gpu-check
 *   build/bundle/gpuferry-guest-VERSION-linux-x64.tar.gz   the shim and gpuferry-run
 *
 * --fast packs the first with gzip too: larger, in a tenth of the time. --out DIRECTORY takes the place of build/bundle.
 */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { bundleMark } from "../../host-server/src/config/layout.ts";
import { type Compression, pack } from "./archive.ts";
import { bundleJavaScript } from "./javascript.ts";
import { writeLicenses } from "./licenses.ts";
import { NODE_VERSION, nodeRuntime } from "./node-runtime.ts";
import { copyGuest, copyHost, copyProgram, copyScript, copyText } from "./parts.ts";
import { copyPrograms } from "./programs.ts";

const MIB = 2 ** 20;
/** What an archive may weigh; gzip is for tests, and for nothing that has to be downloaded. */
const LIMIT_BYTES = { xz: 60 * MIB, gz: 120 * MIB, guest: 2 * MIB };

const root = path.resolve(import.meta.dirname, "../..");
const built = path.join(root, "build");
const here = (...names: string[]) => path.join(import.meta.dirname, "files", ...names);
const { values: options } = parseArgs({
  options: { fast: { type: "boolean" }, out: { type: "string" } },
});
const out = path.resolve(options.out ?? path.join(built, "bundle"));
const { version } = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8")) as {
  version: string;
};

const say = (text: string) => process.stderr.write(`${text}\n`);

async function stageHost(to: string): Promise<void> {
  const at = (...names: string[]) => path.join(to, ...names);
  copyHost(built, to);
  copyGuest(built, to);
  say(`Node ${NODE_VERSION}`);
  const node = nodeRuntime(path.join(root, ".cache"));
  copyProgram(node.binary, at("lib/node/node"));
  say("JavaScript");
  const entries = {
    cli: "tools/bundle/cli.ts",
    "gpu-check": "tools/gpu-check/main.ts",
    quickstart: "tools/quickstart.ts",
  };
  const bundled = await bundleJavaScript(root, entries, at("lib/gpuferry"));
  copyText(path.join(root, "protocol/admin/admin.proto"), at("share/gpuferry/admin.proto"));
  writeFileSync(at(bundleMark), `${JSON.stringify({ version, commit: commit() })}\n`);
  copyScript(here("gpuferry"), at("bin/gpuferry"));
  copyScript(here("gpu-check"), at("tools/gpu-check"));
  copyText(here("README.md"), at("README.md"));
  copyText(path.join(root, "docs"), at("share/doc"));
  writeLicenses(at("share/licenses"), root, node.license, bundled);
  say("programs for gpu-check");
  const programs = await copyPrograms(at("share/gpu-check"));
  copyText(path.join(root, "tools/gpu-check/scripts"), at("share/gpu-check/scripts"));
  say(`  ${programs} programs`);
  copyConformance(to);
}

/** Every function of the driver's API, called and compared: there once it was built. */
function copyConformance(to: string): void {
  const program = path.join(built, "bin/cuda-conformance");
  if (!existsSync(program)) return;
  copyProgram(program, path.join(to, "bin/cuda-conformance"));
  const meant = path.join(root, "test/conformance/differences.json");
  copyText(meant, path.join(to, "share/gpu-check/conformance/differences.json"));
}

function stageGuest(to: string): void {
  mkdirSync(to, { recursive: true });
  copyGuest(built, to);
  copyText(here("README-guest.md"), path.join(to, "README.md"));
  copyText(path.join(root, "LICENSE"), path.join(to, "LICENSE"));
}

/** Which sources this is; "" outside a repository. */
function commit(): string {
  try {
    return execFileSync("git", ["-C", root, "rev-parse", "HEAD"], { encoding: "utf8" }).trim();
  } catch {
    return "";
  }
}

async function make(
  name: string,
  compression: Compression,
  limitBytes: number,
  stage: (to: string) => void | Promise<void>,
): Promise<void> {
  const directory = path.join(out, name);
  rmSync(directory, { recursive: true, force: true });
  await stage(directory);
  const archive = `${directory}.tar.${compression}`;
  const bytes = await pack(directory, archive, compression);
  const size = `${(bytes / MIB).toFixed(1)} MiB`;
  console.log(`${path.relative(process.cwd(), archive)}  ${size}`);
  if (bytes > limitBytes) {
    throw new Error(`${name} has ${size}; it may have ${limitBytes / MIB} MiB`);
  }
}

// gzip is what even the smallest guest can unpack.
await make(`gpuferry-guest-${version}-linux-x64`, "gz", LIMIT_BYTES.guest, stageGuest);
const compression = options.fast === true ? "gz" : "xz";
await make(`gpuferry-${version}-linux-x64`, compression, LIMIT_BYTES[compression], stageHost);
