/** Calls between the two halves that are no commands of OpenGL: contexts, drawables, presentation, messages. */
import type { Control } from "./model.ts";

export const control: readonly Control[] = [
  { symbol: "gfGlOpen", doc: "What the host's EGL is and can." },
  { symbol: "gfGlCreateContext", doc: "A context that the guest has numbered." },
  { symbol: "gfGlDestroyContext", doc: "The number is free again." },
  { symbol: "gfGlCreateDrawable", doc: "What a window, pixmap or pbuffer is to OpenGL." },
  { symbol: "gfGlResizeDrawable", doc: "The window has another size." },
  { symbol: "gfGlDestroyDrawable", doc: "The number is free again." },
  { symbol: "gfGlMakeCurrent", doc: "What this lane's thread draws with, and to." },
  { symbol: "gfGlPresent", doc: "Reads a drawable's picture into the heap." },
  {
    symbol: "gfGlRaiseError",
    doc: "An error that the guest has found before the command could travel.",
    wire: { args: { error: "u32", pad: "u32" } },
  },
  {
    symbol: "gfGlFetchMessages",
    doc: "Debug messages that have not been fetched yet.",
    wire: {
      args: { max_count: "u32", pad: "u32" },
      reply: { count: "u32", pad: "u32" },
      replyTail: "the messages",
    },
  },
];
