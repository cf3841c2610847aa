/** The launch calls of CUDA 3. */
import { arg, opaque, type Row, row } from "../model.ts";

export const legacyRows: readonly Row[] = [
  row(
    "cuFuncSetBlockShape",
    2000,
    "local",
    "Sets the block's extents for the next old-style launch of a function.",
    [arg("hfunc", "CUfunction"), arg("x", "int"), arg("y", "int"), arg("z", "int")],
  ),
  row(
    "cuFuncSetSharedSize",
    2000,
    "local",
    "Sets the bytes of dynamic shared memory for the next old-style launch.",
    [arg("hfunc", "CUfunction"), arg("bytes", "unsigned int")],
  ),
  row(
    "cuParamSetSize",
    2000,
    "local",
    "Sets how many bytes of parameters an old-style launch passes.",
    [arg("hfunc", "CUfunction"), arg("numbytes", "unsigned int")],
  ),
  row(
    "cuParamSeti",
    2000,
    "local",
    "Writes a 32-bit integer parameter at a byte offset, for an old-style launch.",
    [arg("hfunc", "CUfunction"), arg("offset", "int"), arg("value", "unsigned int")],
  ),
  row(
    "cuParamSetf",
    2000,
    "local",
    "Writes a float parameter at a byte offset, for an old-style launch.",
    [arg("hfunc", "CUfunction"), arg("offset", "int"), arg("value", "float")],
  ),
  row(
    "cuParamSetv",
    2000,
    "local",
    "Writes parameter bytes at a byte offset, for an old-style launch.",
    [
      arg("hfunc", "CUfunction"),
      arg("offset", "int"),
      arg("ptr", "void *", opaque),
      arg("numbytes", "unsigned int"),
    ],
  ),
  row("cuLaunch", 2000, "local", "Launches one block with the parameters set before.", [
    arg("f", "CUfunction"),
  ]),
  row("cuLaunchGrid", 2000, "local", "Launches a 2D grid with the parameters set before.", [
    arg("f", "CUfunction"),
    arg("grid_width", "int"),
    arg("grid_height", "int"),
  ]),
  row(
    "cuLaunchGridAsync",
    2000,
    "local",
    "Launches a 2D grid in stream order with the parameters set before.",
    [
      arg("f", "CUfunction"),
      arg("grid_width", "int"),
      arg("grid_height", "int"),
      arg("hStream", "CUstream"),
    ],
  ),
];
