// How a guest's environment names the shim.
import { basename, delimiter, dirname } from "node:path";
import { GpuferryError } from "../model/errors.ts";

/**
 * LD_PRELOAD's entry for `shim`. Its list has no way to quote a blank: a path with one is named by its last part alone,
 * and found through LD_LIBRARY_PATH, which has to hold its directory.
 *
 * @throws GpuferryError GF_NOT_BUILT where neither list can hold it
 */
export function preloadEntry(shim: string): string {
  if (/[:;]/.test(shim)) {
    throw new GpuferryError(
      "GF_NOT_BUILT",
      `neither LD_PRELOAD nor LD_LIBRARY_PATH can hold a path with a colon: move ${dirname(shim)}`,
    );
  }
  return /\s/.test(shim) ? basename(shim) : shim;
}

/** `directory` in front of a list of directories. */
export const inFrontOf = (directory: string, list: string | undefined): string =>
  list ? `${directory}${delimiter}${list}` : directory;
