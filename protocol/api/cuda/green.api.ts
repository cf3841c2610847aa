/** Green contexts. */
import { arg, opaque, type Row, row } from "../model.ts";

export const greenRows: readonly Row[] = [
  row(
    "cuGreenCtxCreate",
    12040,
    "refused",
    "Makes a green context from a resource descriptor; it has to be turned into a context for use.",
    [
      arg("phCtx", "CUgreenCtx *", opaque),
      arg("desc", "CUdevResourceDesc"),
      arg("dev", "CUdevice"),
      arg("flags", "unsigned int"),
    ],
    {
      why: "Green contexts divide the multiprocessors of a GPU; dividing a GPU is up to the host.",
    },
  ),
  row(
    "cuGreenCtxDestroy",
    12040,
    "refused",
    "Destroys a green context and gives its multiprocessors back.",
    [arg("hCtx", "CUgreenCtx")],
    {
      why: "Green contexts divide the multiprocessors of a GPU; dividing a GPU is up to the host.",
    },
  ),
  row(
    "cuCtxFromGreenCtx",
    12040,
    "refused",
    "Gives the ordinary context that stands for a green one.",
    [arg("pContext", "CUcontext *", opaque), arg("hCtx", "CUgreenCtx")],
    {
      why: "Green contexts divide the multiprocessors of a GPU; dividing a GPU is up to the host.",
    },
  ),
  row(
    "cuCtxGetDevResource",
    12040,
    "refused",
    "Describes the multiprocessors that a context may use.",
    [
      arg("hCtx", "CUcontext"),
      arg("resource", "CUdevResource *", opaque),
      arg("type", "CUdevResourceType"),
    ],
    {
      why: "Green contexts divide the multiprocessors of a GPU; dividing a GPU is up to the host.",
    },
  ),
  row(
    "cuGreenCtxGetDevResource",
    12040,
    "refused",
    "Describes the multiprocessors that a green context owns.",
    [
      arg("hCtx", "CUgreenCtx"),
      arg("resource", "CUdevResource *", opaque),
      arg("type", "CUdevResourceType"),
    ],
    {
      why: "Green contexts divide the multiprocessors of a GPU; dividing a GPU is up to the host.",
    },
  ),
  row(
    "cuDevSmResourceSplitByCount",
    12040,
    "refused",
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
      why: "Green contexts divide the multiprocessors of a GPU; dividing a GPU is up to the host.",
    },
  ),
  row(
    "cuDevResourceGenerateDesc",
    12040,
    "refused",
    "Joins resources into a descriptor that a green context can be made from.",
    [
      arg("phDesc", "CUdevResourceDesc *", opaque),
      arg("resources", "CUdevResource *", opaque),
      arg("nbResources", "unsigned int"),
    ],
    {
      why: "Green contexts divide the multiprocessors of a GPU; dividing a GPU is up to the host.",
    },
  ),
  row(
    "cuGreenCtxRecordEvent",
    12040,
    "refused",
    "Records an event behind all work that a green context holds at this moment.",
    [arg("hCtx", "CUgreenCtx"), arg("hEvent", "CUevent")],
    {
      why: "Green contexts divide the multiprocessors of a GPU; dividing a GPU is up to the host.",
    },
  ),
  row(
    "cuGreenCtxWaitEvent",
    12040,
    "refused",
    "Makes all later work of a green context wait for an event.",
    [arg("hCtx", "CUgreenCtx"), arg("hEvent", "CUevent")],
    {
      why: "Green contexts divide the multiprocessors of a GPU; dividing a GPU is up to the host.",
    },
  ),
  row(
    "cuStreamGetGreenCtx",
    12040,
    "refused",
    "Gives the green context of a stream, or NULL for an ordinary stream.",
    [arg("hStream", "CUstream"), arg("phCtx", "CUgreenCtx *", opaque)],
    {
      why: "Green contexts divide the multiprocessors of a GPU; dividing a GPU is up to the host.",
    },
  ),
  row(
    "cuGreenCtxStreamCreate",
    12050,
    "refused",
    "Makes a stream in a green context, without it being current.",
    [
      arg("phStream", "CUstream *", opaque),
      arg("greenCtx", "CUgreenCtx"),
      arg("flags", "unsigned int"),
      arg("priority", "int"),
    ],
    {
      why: "Green contexts divide the multiprocessors of a GPU; dividing a GPU is up to the host.",
    },
  ),
  row(
    "cuGreenCtxGetId",
    12090,
    "refused",
    "Gives a green context's number, which is never used again within the process.",
    [arg("greenCtx", "CUgreenCtx"), arg("greenCtxId", "unsigned long long *", opaque)],
    {
      why: "Green contexts divide the multiprocessors of a GPU; dividing a GPU is up to the host.",
    },
  ),
];
