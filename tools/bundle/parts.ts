/** What a bundle and the guest's archive are made of, and how their native files lose what only a debugger reads. */
import { execFileSync } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  cpSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  symlinkSync,
} from "node:fs";
import path from "node:path";

/** The guest's libraries: links stay links. */
export function copyGuest(built: string, to: string): void {
  copyTree(path.join(built, "lib/guest"), path.join(to, "lib/guest"));
  copyProgram(path.join(built, "bin/gpuferry-run"), path.join(to, "bin/gpuferry-run"));
}

export function copyHost(built: string, to: string): void {
  copyProgram(path.join(built, "bin/gpuferry-executor"), path.join(to, "bin/gpuferry-executor"));
  copyProgram(path.join(built, "bin/gpuferry-bench"), path.join(to, "bin/gpuferry-bench"));
  copyProgram(path.join(built, "lib/gpuferry.node"), path.join(to, "lib/gpuferry.node"));
  for (const name of ["libcuda.so.1", "libgpuferry-ptx.so"]) {
    copyProgram(path.join(built, "lib/softcuda", name), path.join(to, "lib/softcuda", name));
  }
}

/** Stripped of symbols that no loader asks for. */
export function copyProgram(from: string, to: string): void {
  mkdirSync(path.dirname(to), { recursive: true });
  copyFileSync(from, to);
  chmodSync(to, 0o755);
  execFileSync("strip", ["--strip-unneeded", to]);
}

export function copyScript(from: string, to: string): void {
  mkdirSync(path.dirname(to), { recursive: true });
  copyFileSync(from, to);
  chmodSync(to, 0o755);
}

export function copyText(from: string, to: string): void {
  mkdirSync(path.dirname(to), { recursive: true });
  cpSync(from, to, { recursive: true });
}

function copyTree(from: string, to: string): void {
  mkdirSync(to, { recursive: true });
  for (const name of readdirSync(from)) {
    const [source, target] = [path.join(from, name), path.join(to, name)];
    const entry = lstatSync(source);
    if (entry.isSymbolicLink()) symlinkSync(readlinkSync(source), target);
    else if (entry.isDirectory()) copyTree(source, target);
    else if (/\.so(\.\d+)*$/.test(name)) copyProgram(source, target);
    else copyFileSync(source, target);
  }
}
