/** Commands after which a window is shown, or may have a new size: guest-shim/src/gl/window/window.c looks. */
import type { Rule } from "../model.ts";

export const presentation: readonly Rule[] = [
  { match: /^gl(Flush|Finish|Viewport)$/, row: { observe: true } },
  { match: /^gl(Named)?(Framebuffer)?DrawBuffers?$/, row: { observe: true } },
];
