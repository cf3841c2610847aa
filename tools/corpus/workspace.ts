/**
 * Where a program is built and run: a copy of its folder, at the end of a path of folders whose other entries are links
 * to the originals. What a program finds beside or above itself it finds here too, and nothing is written into the
 * repository that it came from.
 */
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { NVCC } from "../../test/lib/paths.ts";

/** Programs look this far up for headers and data where no repository's root is nearer. */
const LEVELS_ABOVE = 3;

/** Lays `root` out for the program in `directory` and returns the folder that stands for it. */
export function layOut(root: string, directory: string): string {
  rmSync(root, { recursive: true, force: true });
  let here = root;
  mkdirSync(here, { recursive: true });
  let original = topOf(directory);
  for (const part of path.relative(original, directory).split(path.sep)) {
    if (part === "") break;
    for (const name of readdirSync(original)) {
      if (name !== part && name !== ".git") {
        symlinkSync(path.join(original, name), path.join(here, name));
      }
    }
    original = path.join(original, part);
    here = path.join(here, part);
    if (original !== directory) mkdirSync(here);
  }
  cpSync(directory, here, { recursive: true, force: true, verbatimSymlinks: false });
  return here;
}

function topOf(directory: string): string {
  let top = directory;
  for (let level = 0; level < 2 * LEVELS_ABOVE; level++) {
    if (existsSync(path.join(top, ".git"))) return top;
    top = path.dirname(top);
  }
  top = directory;
  for (let level = 0; level < LEVELS_ABOVE; level++) top = path.dirname(top);
  return top;
}

const LIBRARIES = ["lib", "lib64"];

/**
 * A toolkit's root whose nvcc is ours, with the real one's headers and libraries beside it. Returns its path. Libraries
 * also get the names that linkers look for, without a version, which packages made for running only leave out.
 */
export function layOutToolkit(root: string, toolkit: string): string {
  rmSync(root, { recursive: true, force: true });
  mkdirSync(path.join(root, "bin"), { recursive: true });
  for (const name of readdirSync(toolkit)) {
    if (name === "bin" || LIBRARIES.includes(name)) continue;
    symlinkSync(path.join(toolkit, name), path.join(root, name));
  }
  for (const name of LIBRARIES.filter((each) => existsSync(path.join(toolkit, each)))) {
    layOutLibraries(path.join(root, name), path.join(toolkit, name));
  }
  const wrapper = path.join(import.meta.dirname, "nvcc");
  writeFileSync(
    path.join(root, "bin/nvcc"),
    `#!/bin/sh\nGPUFERRY_CORPUS_NVCC='${NVCC}' exec '${wrapper}' "$@"\n`,
    { mode: 0o755 },
  );
  return root;
}

function layOutLibraries(to: string, from: string): void {
  mkdirSync(to);
  const names = readdirSync(from);
  for (const name of names) symlinkSync(path.join(from, name), path.join(to, name));
  for (const name of names) {
    const unversioned = path.join(to, name.replace(/\.so\.[\d.]+$/, ".so"));
    if (!existsSync(unversioned)) symlinkSync(path.join(from, name), unversioned);
  }
}
