/** Green contexts. */
import { adopt, arg, mint, opaque, out, type Row, row } from "../model.ts";

export const greenRows: readonly Row[] = [
  row(
    "cuGreenCtxCreate",
    12040,
    "custom",
    "Makes a green context from a resource descriptor; it has to be turned into a context for use.",
    [
      arg("phCtx", "CUgreenCtx *", opaque),
      arg("desc", "CUdevResourceDesc"),
      arg("dev", "CUdevice"),
      arg("flags", "unsigned int"),
    ],
    {
      wire: {
        args: [
          ["green", "u64"],
          ["context", "u64"],
          ["desc", "u64"],
          ["dev", "i32"],
          ["flags", "u32"],
        ],
      },
    },
  ),
  row(
    "cuGreenCtxDestroy",
    12040,
    "custom",
    "Destroys a green context and gives its multiprocessors back.",
    [arg("hCtx", "CUgreenCtx")],
    {
      wire: {
        args: [
          ["green", "u64"],
          ["context", "u64"],
        ],
      },
    },
  ),
  row(
    "cuCtxFromGreenCtx",
    12040,
    "local",
    "Gives the ordinary context that stands for a green one.",
    [arg("pContext", "CUcontext *", opaque), arg("hCtx", "CUgreenCtx")],
  ),
  row(
    "cuCtxGetDevResource",
    12040,
    "custom",
    "Describes the multiprocessors that a context may use.",
    [
      arg("hCtx", "CUcontext"),
      arg("resource", "CUdevResource *", opaque),
      arg("type", "CUdevResourceType"),
    ],
    {
      wire: {
        args: [
          ["context", "u64"],
          ["type", "i32"],
          ["pad", "u32"],
        ],
        reply: [["resource", "u64[18]"]],
      },
    },
  ),
  row(
    "cuGreenCtxGetDevResource",
    12040,
    "custom",
    "Describes the multiprocessors that a green context owns.",
    [
      arg("hCtx", "CUgreenCtx"),
      arg("resource", "CUdevResource *", opaque),
      arg("type", "CUdevResourceType"),
    ],
    {
      wire: {
        args: [
          ["context", "u64"],
          ["type", "i32"],
          ["pad", "u32"],
        ],
        reply: [["resource", "u64[18]"]],
      },
    },
  ),
  row(
    "cuDevSmResourceSplitByCount",
    12040,
    "custom",
    "Splits multiprocessors into groups of at least a given count, and gives the rest.",
    [
      arg("result", "CUdevResource *", opaque),
      arg("nbGroups", "unsigned int *", opaque),
      arg("input", "const CUdevResource *", opaque),
      arg("remaining", "CUdevResource *", opaque),
      arg("useFlags", "unsigned int"),
      arg("minCount", "unsigned int"),
    ],
    {
      wire: {
        args: [
          ["input", "u64[18]"],
          ["groups", "u32"],
          ["wants_groups", "u32"],
          ["wants_remaining", "u32"],
          ["flags", "u32"],
          ["least", "u32"],
          ["pad", "u32"],
        ],
        reply: [
          ["remaining", "u64[18]"],
          ["groups", "u32"],
          ["pad", "u32"],
        ],
        replyTail: "a resource for each group",
      },
    },
  ),
  row(
    "cuDevResourceGenerateDesc",
    12040,
    "custom",
    "Joins resources into a descriptor that a green context can be made from.",
    [
      arg("phDesc", "CUdevResourceDesc *", opaque),
      arg("resources", "CUdevResource *", opaque),
      arg("nbResources", "unsigned int"),
    ],
    {
      wire: {
        args: [
          ["desc", "u64"],
          ["count", "u32"],
          ["pad", "u32"],
        ],
        tail: "the resources",
      },
    },
  ),
  row(
    "cuGreenCtxRecordEvent",
    12040,
    "sync",
    "Records an event behind all work that a green context holds at this moment.",
    [arg("hCtx", "CUgreenCtx"), arg("hEvent", "CUevent")],
  ),
  row(
    "cuGreenCtxWaitEvent",
    12040,
    "sync",
    "Makes all later work of a green context wait for an event.",
    [arg("hCtx", "CUgreenCtx"), arg("hEvent", "CUevent")],
  ),
  row(
    "cuStreamGetGreenCtx",
    12040,
    "sync",
    "Gives the green context of a stream, or NULL for an ordinary stream.",
    [arg("hStream", "CUstream"), arg("phCtx", "CUgreenCtx *", adopt("green_context", true))],
  ),
  row(
    "cuGreenCtxStreamCreate",
    12050,
    "sync",
    "Makes a stream in a green context, without it being current.",
    [
      arg("phStream", "CUstream *", mint("stream")),
      arg("greenCtx", "CUgreenCtx"),
      arg("flags", "unsigned int"),
      arg("priority", "int"),
    ],
    { observed: true },
  ),
  row(
    "cuGreenCtxGetId",
    12090,
    "sync",
    "Gives a green context's number, which is never used again within the process.",
    [arg("greenCtx", "CUgreenCtx"), arg("greenCtxId", "unsigned long long *", out)],
  ),
];
