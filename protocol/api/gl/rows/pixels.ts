/** Pixels: how many bytes they are hangs on the pack and unpack state, and a bound buffer makes an offset of the pointer. */
import type { Image, Pass, Rule } from "../model.ts";

const LAYOUTS: Readonly<Record<1 | 2 | 3, Image>> = {
  1: { dimensions: 1, format: "format", type: "type", width: "width" },
  2: { dimensions: 2, format: "format", type: "type", width: "width", height: "height" },
  3: {
    dimensions: 3,
    format: "format",
    type: "type",
    width: "width",
    height: "height",
    depth: "depth",
  },
};

const image = (dimensions: 1 | 2 | 3): Pass => ({ kind: "image", image: LAYOUTS[dimensions] });

/** Without format and type: blocks, as many bytes as the command says. */
const compressed = (dimensions: 1 | 2 | 3): Pass => {
  const { width, height, depth } = LAYOUTS[dimensions];
  return {
    kind: "imageBytes",
    count: "imageSize",
    image: { dimensions, width, ...(height && { height }), ...(depth && { depth }) },
  };
};

const bitmap = (width: string, height: string): Image => ({
  dimensions: 2,
  format: "GL_COLOR_INDEX",
  type: "GL_BITMAP",
  width,
  height,
});

const uploads = ([1, 2, 3] as const).flatMap((n): Rule[] => [
  {
    match: new RegExp(`^gl(Multi)?Tex(ture)?(Sub)?Image${n}D(EXT|OES)?$`),
    row: { args: { pixels: image(n) } },
  },
  {
    match: new RegExp(`^glCompressedTex(ture)?(Sub)?Image${n}D$`),
    row: { args: { data: compressed(n) } },
  },
  // EXT_direct_state_access calls them bits.
  {
    match: new RegExp(`^glCompressed(Multi)?Tex(ture)?(Sub)?Image${n}DEXT$`),
    row: { args: { bits: compressed(n) } },
  },
]);

export const pixels: readonly Rule[] = [
  ...uploads,
  { match: "glDrawPixels", row: { args: { pixels: image(2) } } },
  {
    match: "glBitmap",
    row: { args: { bitmap: { kind: "image", image: bitmap("width", "height") } } },
  },
  {
    match: "glPolygonStipple",
    row: { args: { mask: { kind: "image", image: bitmap("32", "32") } } },
  },
  {
    match: "glGetPolygonStipple",
    row: { args: { mask: { kind: "imageOut", image: bitmap("32", "32") } } },
  },
  {
    match: "glReadPixels",
    row: { args: { pixels: { kind: "imageOut", image: LAYOUTS[2] } } },
  },
  {
    match: "glReadnPixels",
    row: { args: { data: { kind: "imageOut", image: LAYOUTS[2] } } },
  },
  {
    match: "glGetTextureSubImage",
    row: { args: { pixels: { kind: "imageOut", image: LAYOUTS[3] } } },
  },
  {
    match: /^glPixelMap(fv|uiv)$/,
    row: { args: { values: { kind: "imageBytes", count: "mapsize*4" } } },
  },
  {
    match: "glPixelMapusv",
    row: { args: { values: { kind: "imageBytes", count: "mapsize*2" } } },
  },
  {
    match: /^glClearTex(Sub)?Image$/,
    row: { args: { data: { kind: "in", count: "pixel_bytes(format, type)" } } },
  },
  // How large a texture is, only the driver knows.
  {
    match:
      /^glGetn?(Compressed)?(Multi)?Tex(ture)?Image(EXT|ARB)?$|^glGetCompressedTextureSubImage$/,
    row: { guest: "local", why: "Travels as gfGlGetTexImage." },
  },
  {
    match: /^glGetnPolygonStipple(ARB)?$/,
    row: { args: { pattern: { kind: "imageOut", image: bitmap("32", "32") } } },
  },
  {
    match: /^glGetPixelMap(fv|uiv|usv)$/,
    row: {
      guest: "custom",
      host: "custom",
      wire: {
        args: { offset: "u64", map: "u32", to_buffer: "u32" },
        reply: { values_count: "u32", pad: "u32" },
        replyTail: "the values, unless they went into a buffer",
      },
    },
  },
  {
    match: /^glGetnPixelMap(fv|uiv)(ARB)?$/,
    row: { args: { values: { kind: "out", count: "bufSize/4" } } },
  },
  {
    match: /^glGetnPixelMapusv(ARB)?$/,
    row: { args: { values: { kind: "out", count: "bufSize/2" } } },
  },
];
