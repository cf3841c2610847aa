/** Whose code a bundle holds beside our own, and on what terms. */
import { copyFileSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { Bundled } from "./javascript.ts";

/** Linked into our binaries from Debian's packages; their terms lie with these. */
const linked = [
  { name: "LLVM", debian: "llvm-19-dev" },
  { name: "libseccomp", debian: "libseccomp-dev" },
  { name: "Zstandard", debian: "libzstd-dev" },
  { name: "LZ4", debian: "liblz4-dev" },
  { name: "zlib", debian: "zlib1g-dev" },
  { name: "libstdc++", debian: "gcc-12-base" },
  { name: "JSON for Modern C++", debian: "nlohmann-json3-dev" },
];

export function writeLicenses(
  directory: string,
  root: string,
  nodeLicense: string,
  { packages }: Bundled,
): void {
  mkdirSync(directory, { recursive: true });
  copyFileSync(path.join(root, "LICENSE"), path.join(directory, "gpuferry"));
  copyFileSync(nodeLicense, path.join(directory, "node"));
  for (const { name, debian } of linked) {
    const terms = `/usr/share/doc/${debian}/copyright`;
    if (existsSync(terms)) copyFileSync(terms, path.join(directory, name.replaceAll(" ", "-")));
    else writeFileSync(path.join(directory, name.replaceAll(" ", "-")), `see Debian's ${debian}\n`);
  }
  const texts = packages.map(({ name, license }) => `== ${name}\n\n${license.trim()}\n`);
  writeFileSync(path.join(directory, "npm-packages"), texts.join("\n"));
}
