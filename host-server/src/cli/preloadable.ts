// Whether a command can be a guest at all: a program without a dynamic loader, or with one that ignores LD_PRELOAD, runs
// as if gpuferry were not there. gpuferry-run looks for the same (guest-shim/src/run/preloadable.c).
import { closeSync, openSync, readSync, type Stats, statSync } from "node:fs";
import { basename, delimiter, join } from "node:path";

/** As many as the kernel follows. */
const maxInterpreters = 5;
const headBytes = 4096;

const elfMagic = 0x7f454c46;
const elfClass64 = 2;
const programHeaderInterpreter = 3;

/** The file that a shell would run; undefined if there is none. */
export function findCommand(command: string, path: string | undefined): string | undefined {
  if (command === "") return undefined;
  if (command.includes("/")) return command;
  return (path ?? "")
    .split(delimiter)
    .map((directory) => join(directory === "" ? "." : directory, command))
    .find((file) => statOf(file)?.isFile());
}

/** Why no GPU call of `file` will be forwarded, in words that follow its name; undefined if nothing speaks against it. */
export function whyNotPreloadable(file: string): string | undefined {
  let program = file;
  for (let depth = 0; depth < maxInterpreters; depth++) {
    const head = headOf(program);
    if (head === undefined) return undefined; // starting it will tell
    const interpreter = interpreterOf(head);
    if (interpreter === undefined) {
      const why = whyNot(program, head);
      return why !== undefined && program !== file ? `is run by ${program}, which ${why}` : why;
    }
    program = interpreter;
  }
  return undefined;
}

function whyNot(program: string, head: Buffer): string | undefined {
  if (head.length < 64 || head.readUInt32BE(0) !== elfMagic) return undefined;
  if (head[4] !== elfClass64) return "is no 64-bit program, and the shim is one";
  const loader = loaderOf(head);
  // A loader that is run as a command does what it would do for the program.
  if (loader === undefined && !/^ld[-.6]/.test(basename(program))) {
    return "is statically linked, and LD_PRELOAD does nothing to it";
  }
  if (loader !== undefined && basename(loader).startsWith("ld-musl")) {
    return "is linked with musl, and the shim with glibc";
  }
  const info = statOf(program);
  if (info !== undefined && changesUser(info)) {
    return "runs as another user (set-user-ID or set-group-ID), and LD_PRELOAD is dropped for it";
  }
  return undefined;
}

function changesUser(info: Stats): boolean {
  return (
    ((info.mode & 0o4000) !== 0 && info.uid !== process.getuid?.()) ||
    ((info.mode & 0o2010) === 0o2010 && info.gid !== process.getgid?.())
  );
}

/** What PT_INTERP names; undefined without one. The headers of any program that linkers make lie in its head. */
function loaderOf(head: Buffer): string | undefined {
  const tableOffset = Number(head.readBigUInt64LE(32));
  const entryBytes = head.readUInt16LE(54);
  const entries = head.readUInt16LE(56);
  for (let i = 0; i < entries; i++) {
    const at = tableOffset + i * entryBytes;
    if (at + 56 > head.length) return undefined;
    if (head.readUInt32LE(at) !== programHeaderInterpreter) continue;
    const offset = Number(head.readBigUInt64LE(at + 8));
    const bytes = Number(head.readBigUInt64LE(at + 32));
    return head
      .subarray(offset, offset + bytes)
      .toString("latin1")
      .replace(/\0.*$/s, "");
  }
  return undefined;
}

/** What the first line of a script names; undefined of anything else. */
export function interpreterOfFile(file: string): string | undefined {
  const head = headOf(file);
  return head && interpreterOf(head);
}

function interpreterOf(head: Buffer): string | undefined {
  if (head[0] !== 0x23 || head[1] !== 0x21) return undefined;
  const line = head.toString("latin1", 2).split("\n", 1)[0] ?? "";
  return line.trim().split(/[ \t]/, 1)[0] || undefined;
}

function headOf(file: string): Buffer | undefined {
  let fd: number | undefined;
  try {
    // Opening a pipe would wait for its writer.
    if (!statSync(file).isFile()) return undefined;
    fd = openSync(file, "r");
    const head = Buffer.alloc(headBytes);
    return head.subarray(0, readSync(fd, head, 0, headBytes, 0));
  } catch {
    return undefined; // an executable need not be readable
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}

function statOf(file: string): Stats | undefined {
  try {
    return statSync(file);
  } catch {
    return undefined;
  }
}
