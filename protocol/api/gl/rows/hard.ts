/** Commands that more than their arguments decide on: client memory, pixel state, maps, display lists, callbacks. */
import type { Row, Rule } from "../model.ts";

const byHand: Row = { guest: "custom", host: "custom" };

export const hard: readonly Rule[] = [
  // A text without an end, as long as the driver says.
  {
    match: "glGetProgramStringARB",
    row: {
      ...byHand,
      wire: {
        args: { target: "u32", pname: "u32" },
        reply: { length_bytes: "u32", pad: "u32" },
        replyTail: "the text",
      },
    },
  },
  {
    match: "glGetNamedProgramStringEXT",
    row: {
      ...byHand,
      wire: {
        args: { program: "u32", target: "u32", pname: "u32", pad: "u32" },
        reply: { length_bytes: "u32", pad: "u32" },
        replyTail: "the text",
      },
    },
  },
  // The guest's handle of an EGLImage is a pointer into its own memory; images travel by number.
  {
    match: /^glEGLImageTarget(Texture2D|RenderbufferStorage)OES$/,
    row: { ...byHand, wire: { args: { target: "u32", image: "u32" } } },
  },
  {
    match: "glEGLImageTargetTexStorageEXT",
    row: { ...byHand, wire: { args: { target: "u32", image: "u32" } } },
  },
  {
    match: "glEGLImageTargetTextureStorageEXT",
    row: { ...byHand, wire: { args: { texture: "u32", image: "u32" } } },
  },
  { match: /^gl(Flush|Finish)$/, row: { point: true } },
  { match: "glFinish", row: { waits: true } },
];
