/** Launches and function attributes. */
import { arg, opaque, out, type Row, row } from "../model.ts";

export const launchRows: readonly Row[] = [
  row(
    "cuFuncGetAttribute",
    2020,
    "custom",
    "Func Get Attribute.",
    [arg("pi", "int *", opaque), arg("attrib", "CUfunction_attribute"), arg("hfunc", "CUfunction")],
    {
      wire: {
        args: [
          ["function", "u64"],
          ["attribute", "i32"],
          ["pad", "u32"],
        ],
        reply: [
          ["value", "i32"],
          ["pad", "u32"],
        ],
      },
    },
  ),
  row(
    "cuFuncSetAttribute",
    9000,
    "custom",
    "Func Set Attribute.",
    [arg("hfunc", "CUfunction"), arg("attrib", "CUfunction_attribute"), arg("value", "int")],
    {
      wire: {
        args: [
          ["function", "u64"],
          ["attribute", "i32"],
          ["value", "i32"],
        ],
      },
    },
  ),
  row("cuFuncSetCacheConfig", 3000, "sync", "Func Set Cache Config.", [
    arg("hfunc", "CUfunction"),
    arg("config", "CUfunc_cache"),
  ]),
  row("cuFuncGetModule", 11000, "local", "Func Get Module.", [
    arg("hmod", "CUmodule *", opaque),
    arg("hfunc", "CUfunction"),
  ]),
  row("cuFuncGetName", 12030, "local", "Func Get Name.", [
    arg("name", "const char **", opaque),
    arg("hfunc", "CUfunction"),
  ]),
  row("cuFuncGetParamInfo", 12040, "local", "Func Get Param Info.", [
    arg("func", "CUfunction"),
    arg("paramIndex", "size_t"),
    arg("paramOffset", "size_t *", opaque),
    arg("paramSize", "size_t *", opaque),
  ]),
  row("cuFuncIsLoaded", 12040, "sync", "Func Is Loaded.", [
    arg("state", "CUfunctionLoadingState *", out),
    arg("function", "CUfunction"),
  ]),
  row("cuFuncLoad", 12040, "sync", "Func Load.", [arg("function", "CUfunction")], { blocks: true }),
  row(
    "cuLaunchCooperativeKernelMultiDevice",
    9000,
    "refused",
    "Launch Cooperative Kernel Multi Device.",
    [
      arg("launchParamsList", "CUDA_LAUNCH_PARAMS *", opaque),
      arg("numDevices", "unsigned int"),
      arg("flags", "unsigned int"),
    ],
    { why: "Multi-device cooperative launches were removed with CUDA 13." },
  ),
  row("cuFuncSetSharedMemConfig", 4020, "sync", "Func Set Shared Mem Config.", [
    arg("hfunc", "CUfunction"),
    arg("config", "CUsharedconfig"),
  ]),
  row(
    "cuLaunchKernel",
    4000,
    "custom",
    "Launch Kernel.",
    [
      arg("f", "CUfunction"),
      arg("gridDimX", "unsigned int"),
      arg("gridDimY", "unsigned int"),
      arg("gridDimZ", "unsigned int"),
      arg("blockDimX", "unsigned int"),
      arg("blockDimY", "unsigned int"),
      arg("blockDimZ", "unsigned int"),
      arg("sharedMemBytes", "unsigned int"),
      arg("hStream", "CUstream"),
      arg("kernelParams", "void **", opaque),
      arg("extra", "void **", opaque),
    ],
    {
      perThread: ["_ptsz", 7000],
      wire: {
        args: [
          ["function", "u64"],
          ["stream", "u64"],
          ["grid", "u32[3]"],
          ["block", "u32[3]"],
          ["shared_bytes", "u32"],
          ["param_bytes", "u32"],
        ],
        tail: "packed parameters",
      },
    },
  ),
  row(
    "cuLaunchKernelEx",
    11060,
    "custom",
    "Launch Kernel Ex.",
    [
      arg("config", "const CUlaunchConfig *", opaque),
      arg("f", "CUfunction"),
      arg("kernelParams", "void **", opaque),
      arg("extra", "void **", opaque),
    ],
    {
      perThread: ["_ptsz", 11060],
      wire: {
        args: [
          ["function", "u64"],
          ["stream", "u64"],
          ["grid", "u32[3]"],
          ["block", "u32[3]"],
          ["shared_bytes", "u32"],
          ["param_bytes", "u32"],
          ["attribute_count", "u32"],
          ["pad", "u32"],
        ],
        tail: "launch attributes (struct CUlaunchAttribute_st each), then packed parameters",
      },
    },
  ),
  row(
    "cuLaunchHostFunc",
    10000,
    "custom",
    "Launch Host Func.",
    [arg("hStream", "CUstream"), arg("fn", "CUhostFn"), arg("userData", "void *", opaque)],
    {
      perThread: ["_ptsz", 10000],
      wire: {
        args: [
          ["stream", "u64"],
          ["callback_id", "u64"],
        ],
      },
    },
  ),
  row(
    "cuLaunchCooperativeKernel",
    9000,
    "custom",
    "Launch Cooperative Kernel.",
    [
      arg("f", "CUfunction"),
      arg("gridDimX", "unsigned int"),
      arg("gridDimY", "unsigned int"),
      arg("gridDimZ", "unsigned int"),
      arg("blockDimX", "unsigned int"),
      arg("blockDimY", "unsigned int"),
      arg("blockDimZ", "unsigned int"),
      arg("sharedMemBytes", "unsigned int"),
      arg("hStream", "CUstream"),
      arg("kernelParams", "void **", opaque),
    ],
    {
      perThread: ["_ptsz", 9000],
      wire: {
        args: [
          ["function", "u64"],
          ["stream", "u64"],
          ["grid", "u32[3]"],
          ["block", "u32[3]"],
          ["shared_bytes", "u32"],
          ["param_bytes", "u32"],
        ],
        tail: "packed parameters",
      },
    },
  ),
];
