/** What cannot be forwarded, and why. An extension with a command of these is not advertised. */
import type { Row, Rule } from "../model.ts";

const refused = (why: string): Row => ({ guest: "refused", why });

export const refusals: readonly Rule[] = [
  {
    match: /^glGetn(ColorTable|ConvolutionFilter|SeparableFilter|Histogram|Minmax)(ARB)?$/,
    row: { ...refused("The imaging subset is in no driver any more."), alsoNatively: true },
  },
  {
    match: /^gl(BitmapxOES|PixelMapx|GetPixelMapxv)$/,
    row: {
      ...refused("Fixed point is for OpenGL ES 1, which has no such command."),
      alsoNatively: true,
    },
  },
];
