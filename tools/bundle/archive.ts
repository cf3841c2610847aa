/** Directories to archives: the same bytes for the same content, whoever packs them and when. */
import { spawn } from "node:child_process";
import { createWriteStream, statSync } from "node:fs";
import path from "node:path";
import { pipeline } from "node:stream/promises";

export type Compression = "xz" | "gz";

const compressors: Record<Compression, readonly [string, ...string[]]> = {
  xz: ["xz", "-6", "--threads=0", "--stdout"],
  gz: ["gzip", "-6n"],
};

/** Packs `directory`, under its own name, into `archive`. The archive's size in bytes. */
export async function pack(
  directory: string,
  archive: string,
  compression: Compression,
): Promise<number> {
  const name = path.basename(directory);
  const same = ["--sort=name", "--mtime=@0", "--owner=0", "--group=0", "--numeric-owner"];
  const tar = spawn("tar", [...same, "-C", path.dirname(directory), "-cf", "-", name], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [program, ...args] = compressors[compression];
  const compressor = spawn(program, args, { stdio: ["pipe", "pipe", "inherit"] });
  const ends = [tar, compressor].map(
    (child) =>
      new Promise<void>((resolve, reject) => {
        child.once("error", reject);
        child.once("exit", (code) =>
          code === 0 ? resolve() : reject(new Error(`${child.spawnfile} ended with ${code}`)),
        );
      }),
  );
  await Promise.all([
    pipeline(tar.stdout, compressor.stdin),
    pipeline(compressor.stdout, createWriteStream(archive)),
    ...ends,
  ]);
  return statSync(archive).size;
}
