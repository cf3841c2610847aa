/** OpenGL and OpenGL ES as gpuferry forwards them: what we add to the Khronos registry. */
import { control } from "./control.ts";
import { keepsState, readsBuffers } from "./keeps_state.ts";
import type { Overlay } from "./model.ts";
import { objectKinds, pnameCounts, pnameKinds } from "./pnames.ts";
import { arrays } from "./rows/arrays.ts";
import { externalObjects } from "./rows/external_objects.ts";
import { hard } from "./rows/hard.ts";
import { names } from "./rows/names.ts";
import { pixels } from "./rows/pixels.ts";
import { presentation } from "./rows/presentation.ts";
import { refusals } from "./rows/refused.ts";
import { sizes } from "./rows/sizes.ts";
import { state } from "./rows/state.ts";
import { classes, scope } from "./scope.ts";

export const gl: Overlay = {
  scope,
  classes,
  rules: [
    ...names,
    ...sizes,
    ...hard,
    ...externalObjects,
    ...arrays,
    ...pixels,
    ...state,
    ...presentation,
    ...refusals,
  ],
  control,
  pnameCounts,
  pnameKinds,
  objectKinds,
  keepsState,
  readsBuffers,
};
