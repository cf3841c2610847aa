/**
 * What test/lib/paths.ts says, of an unpacked bundle: it takes that file's place in the bundle's quickstart, and has the
 * same names.
 */
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { findLayout } from "../../../host-server/src/config/layout.ts";

const layout = findLayout();

export const ROOT = layout.root;
export const BUNDLED = true;

const inRoot = (...parts: string[]) => path.join(ROOT, ...parts);

export const SOFTCUDA = layout.softDriver;
export const SOFTCUDA_DIR = path.dirname(SOFTCUDA);
export const GUEST_LIBRARY = layout.shim;
export const EXECUTOR = layout.executor;
export const GPUFERRY = inRoot("bin/gpuferry");
export const ADMIN_PROTO = layout.adminProto;
export const BUILT_PROGRAMS = inRoot("share/gpu-check/programs");
/** The bundle may lie where nobody writes. */
export const PICTURES =
  process.argv.slice(2).find((argument) => !argument.startsWith("-")) ??
  mkdtempSync(path.join(tmpdir(), "gpuferry-quickstart-"));

/** No library of NVIDIA's is in a bundle, and its programs need none. */
export function wheelDir(_inside: string): undefined {
  return undefined;
}
