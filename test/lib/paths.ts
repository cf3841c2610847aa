/** Where a build leaves what a test, a benchmark or quickstart starts. Everything is relative to the checkout. */
import { existsSync, readdirSync } from "node:fs";
import path from "node:path";

export const ROOT = path.resolve(import.meta.dirname, "../..");

/** An unpacked bundle has another such file (tools/bundle/unpacked): what starts programs there starts the same ones. */
export const BUNDLED = false;

const inRoot = (...parts: string[]) => path.join(ROOT, ...parts);

/** The directory whose `libcuda.so.1` is the software CUDA device. */
export const SOFTCUDA_DIR = inRoot("build/lib/softcuda");
export const SOFTCUDA = path.join(SOFTCUDA_DIR, "libcuda.so.1");
/** What a guest preloads. */
export const GUEST_LIBRARY = inRoot("build/lib/guest/libgpuferry.so");
export const EXECUTOR = inRoot("build/bin/gpuferry-executor");
export const GPUFERRY = inRoot("bin/gpuferry");
export const GPUFERRY_RUN = inRoot("build/bin/gpuferry-run");
export const ADMIN_PROTO = inRoot("protocol/admin/admin.proto");
export const NVCC = inRoot("tools/nvcc");
export const PROGRAM_SOURCES = inRoot("test/programs");
export const BUILT_PROGRAMS = inRoot("build/programs");
/** What stands for the oldest glibc that anything shipped runs on (cmake/glibc_floor.cmake). */
export const GLIBC_FLOOR = inRoot("build/glibc-2.28");
/** Where quickstart puts its pictures. */
export const PICTURES = inRoot("build/quickstart");

/** A folder that set-up took from PyPI, e.g. `cu13/lib`; undefined where set-up did not. */
export function wheelDir(inside: string): string | undefined {
  const lib = inRoot(".venv/lib");
  if (!existsSync(lib)) return undefined;
  const python = readdirSync(lib).find((name) => name.startsWith("python3"));
  const dir = path.join(lib, python ?? "", "site-packages/nvidia", inside);
  return existsSync(dir) ? dir : undefined;
}
