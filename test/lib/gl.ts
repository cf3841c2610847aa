/** What an OpenGL program's environment says: the display, and whose OpenGL it meets. */
import path from "node:path";
import { GUEST_LIBRARY } from "./paths.ts";
import { directEnv, forwardedEnv } from "./run.ts";

/** Mesa of this machine, and the software CUDA device, straight in the program. */
export function directGlEnv(display: string): Record<string, string> {
  return { ...directEnv(), DISPLAY: display };
}

/**
 * A guest of the server at `host`, as `gpuferry run` starts one. This machine's own drivers are put out of its reach,
 * so that a program which slips past gpuferry cannot seem to work.
 */
export function forwardedGlEnv(host: string, display: string): Record<string, string> {
  const guest = path.dirname(GUEST_LIBRARY);
  return {
    ...forwardedEnv(host),
    LD_LIBRARY_PATH: [guest, forwardedEnv(host).LD_LIBRARY_PATH].filter(Boolean).join(":"),
    DISPLAY: display,
    LIBGL_DRIVERS_PATH: "/nonexistent",
  };
}
