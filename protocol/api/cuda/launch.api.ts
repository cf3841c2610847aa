/** Launches and function attributes. */
import { arg, opaque, out, type Row, row } from "../model.ts";

export const launchRows: readonly Row[] = [
  row(
    "cuFuncGetAttribute",
    2020,
    "custom",
    "Gives one of a function's numbers: registers, shared and local bytes, largest block.",
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
    "Sets a function's dynamic shared memory limit, carve-out or cluster rule for later launches.",
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
  row(
    "cuFuncSetCacheConfig",
    3000,
    "sync",
    "Sets a function's preference between L1 cache and shared memory, which is only a hint.",
    [arg("hfunc", "CUfunction"), arg("config", "CUfunc_cache")],
  ),
  row("cuFuncGetModule", 11000, "local", "Gives the module that a function belongs to.", [
    arg("hmod", "CUmodule *", opaque),
    arg("hfunc", "CUfunction"),
  ]),
  row(
    "cuFuncGetName",
    12030,
    "local",
    "Gives a function's mangled name, which lives as long as its module.",
    [arg("name", "const char **", opaque), arg("hfunc", "CUfunction")],
  ),
  row(
    "cuFuncGetParamInfo",
    12040,
    "local",
    "Gives offset and size in bytes of one parameter; past the last one is an error.",
    [
      arg("func", "CUfunction"),
      arg("paramIndex", "size_t"),
      arg("paramOffset", "size_t *", opaque),
      arg("paramSize", "size_t *", opaque),
    ],
  ),
  row(
    "cuFuncIsLoaded",
    12040,
    "sync",
    "Says whether a function's code is on the device yet, as lazy loading puts it off.",
    [arg("state", "CUfunctionLoadingState *", out), arg("function", "CUfunction")],
  ),
  row(
    "cuFuncLoad",
    12040,
    "sync",
    "Puts a function's code on the device now instead of at its first launch.",
    [arg("function", "CUfunction")],
    { blocks: true },
  ),
  row(
    "cuLaunchCooperativeKernelMultiDevice",
    9000,
    "refused",
    "Launches a kernel on several devices, whose blocks can all wait for each other.",
    [
      arg("launchParamsList", "CUDA_LAUNCH_PARAMS *", opaque),
      arg("numDevices", "unsigned int"),
      arg("flags", "unsigned int"),
    ],
    {
      why: "CUDA 13's runtime dropped multi-device cooperative launches, and they are not forwarded.",
    },
  ),
  row(
    "cuFuncSetSharedMemConfig",
    4020,
    "sync",
    "Sets the bank width of shared memory for a function; newer devices ignore it.",
    [arg("hfunc", "CUfunction"), arg("config", "CUsharedconfig")],
  ),
  row(
    "cuLaunchKernel",
    4000,
    "custom",
    "Launches a grid; arguments are copied now, errors of the run come with a later call.",
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
    "Launches a grid with attributes: clusters, cooperation, priority, overlap.",
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
    "Calls a host function in stream order, on a thread of the guest; later work waits for it.",
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
    "Launches a grid whose blocks can wait for each other; all must fit on the device at once.",
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
