/** Commands that more than their arguments decide on: client memory, pixel state, maps, display lists, callbacks. */
import type { Row, Rule } from "../model.ts";

const byHand: Row = { guest: "custom", host: "custom" };

export const hard: readonly Rule[] = [
  // Client vertex arrays and what draws from them.
  { match: /^gl(Multi(Mode)?)?Draw(Range)?(Arrays|Elements)\w*$/, row: byHand },
  { match: /^gl(?!GetPointerv|Get(Named)?Buffer)\w+Pointer(EXT|OES|v)?$/, row: byHand },
  { match: /^gl(ArrayElement|InterleavedArrays)(EXT)?$/, row: byHand },
  // Pixels: their size hangs on the pack and unpack state, and a bound buffer makes an offset of the pointer.
  { match: /^gl(Compressed)?(Multi)?Tex(ture)?(Sub)?Image\dD(EXT|OES)?$/, row: byHand },
  {
    match: /^gl(DrawPixels|Bitmap|ReadPixels|ReadnPixels|PolygonStipple|GetPolygonStipple)$/,
    row: byHand,
  },
  { match: /^glGetn?(Compressed)?(Multi)?Tex(ture)?(Sub)?Image(EXT|ARB)?$/, row: byHand },
  { match: /^gl(Getn?)?PixelMapu?[sif]?[vx]*(ARB)?$/, row: byHand },
  {
    match:
      /^glGetn(PolygonStipple|ColorTable|ConvolutionFilter|SeparableFilter|Histogram|Minmax)(ARB)?$/,
    row: byHand,
  },
  { match: /^glClear(Named)?Buffer(Sub)?Data(EXT)?$|^glClearTex(Sub)?Image$/, row: byHand },
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
  { match: /^gl(Flush|Finish)$/, row: { point: true } },
  { match: "glFinish", row: { waits: true } },
];
