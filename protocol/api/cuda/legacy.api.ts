/** The launch calls of CUDA 3. */
import { arg, opaque, type Row, row } from "../model.ts";

export const legacyRows: readonly Row[] = [
  row(
    "cuFuncSetBlockShape",
    2000,
    "refused",
    "Func Set Block Shape.",
    [arg("hfunc", "CUfunction"), arg("x", "int"), arg("y", "int"), arg("z", "int")],
    { why: "Superseded by cuLaunchKernel in CUDA 4.0." },
  ),
  row(
    "cuFuncSetSharedSize",
    2000,
    "refused",
    "Func Set Shared Size.",
    [arg("hfunc", "CUfunction"), arg("bytes", "unsigned int")],
    { why: "Superseded by cuLaunchKernel in CUDA 4.0." },
  ),
  row(
    "cuParamSetSize",
    2000,
    "refused",
    "Param Set Size.",
    [arg("hfunc", "CUfunction"), arg("numbytes", "unsigned int")],
    { why: "Superseded by cuLaunchKernel in CUDA 4.0." },
  ),
  row(
    "cuParamSeti",
    2000,
    "refused",
    "Param Seti.",
    [arg("hfunc", "CUfunction"), arg("offset", "int"), arg("value", "unsigned int")],
    { why: "Superseded by cuLaunchKernel in CUDA 4.0." },
  ),
  row(
    "cuParamSetf",
    2000,
    "refused",
    "Param Setf.",
    [arg("hfunc", "CUfunction"), arg("offset", "int"), arg("value", "float")],
    { why: "Superseded by cuLaunchKernel in CUDA 4.0." },
  ),
  row(
    "cuParamSetv",
    2000,
    "refused",
    "Param Setv.",
    [
      arg("hfunc", "CUfunction"),
      arg("offset", "int"),
      arg("ptr", "void *", opaque),
      arg("numbytes", "unsigned int"),
    ],
    { why: "Superseded by cuLaunchKernel in CUDA 4.0." },
  ),
  row("cuLaunch", 2000, "refused", "Launch.", [arg("f", "CUfunction")], {
    why: "Superseded by cuLaunchKernel in CUDA 4.0.",
  }),
  row(
    "cuLaunchGrid",
    2000,
    "refused",
    "Launch Grid.",
    [arg("f", "CUfunction"), arg("grid_width", "int"), arg("grid_height", "int")],
    { why: "Superseded by cuLaunchKernel in CUDA 4.0." },
  ),
  row(
    "cuLaunchGridAsync",
    2000,
    "refused",
    "Launch Grid Async.",
    [
      arg("f", "CUfunction"),
      arg("grid_width", "int"),
      arg("grid_height", "int"),
      arg("hStream", "CUstream"),
    ],
    { why: "Superseded by cuLaunchKernel in CUDA 4.0." },
  ),
];
