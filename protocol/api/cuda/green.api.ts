/** Green contexts. */
import { arg, opaque, type Row, row } from "../model.ts";

export const greenRows: readonly Row[] = [
  row(
    "cuGreenCtxCreate",
    12040,
    "refused",
    "Green Ctx Create.",
    [
      arg("phCtx", "CUgreenCtx *", opaque),
      arg("desc", "CUdevResourceDesc"),
      arg("dev", "CUdevice"),
      arg("flags", "unsigned int"),
    ],
    {
      why: "Green contexts divide the multiprocessors of a physical GPU; the host does that for tenants.",
    },
  ),
  row("cuGreenCtxDestroy", 12040, "refused", "Green Ctx Destroy.", [arg("hCtx", "CUgreenCtx")], {
    why: "Green contexts divide the multiprocessors of a physical GPU; the host does that for tenants.",
  }),
  row(
    "cuCtxFromGreenCtx",
    12040,
    "refused",
    "Ctx From Green Ctx.",
    [arg("pContext", "CUcontext *", opaque), arg("hCtx", "CUgreenCtx")],
    {
      why: "Green contexts divide the multiprocessors of a physical GPU; the host does that for tenants.",
    },
  ),
  row(
    "cuCtxGetDevResource",
    12040,
    "refused",
    "Ctx Get Dev Resource.",
    [
      arg("hCtx", "CUcontext"),
      arg("resource", "CUdevResource *", opaque),
      arg("type", "CUdevResourceType"),
    ],
    {
      why: "Green contexts divide the multiprocessors of a physical GPU; the host does that for tenants.",
    },
  ),
  row(
    "cuGreenCtxGetDevResource",
    12040,
    "refused",
    "Green Ctx Get Dev Resource.",
    [
      arg("hCtx", "CUgreenCtx"),
      arg("resource", "CUdevResource *", opaque),
      arg("type", "CUdevResourceType"),
    ],
    {
      why: "Green contexts divide the multiprocessors of a physical GPU; the host does that for tenants.",
    },
  ),
  row(
    "cuDevSmResourceSplitByCount",
    12040,
    "refused",
    "Dev Sm Resource Split By Count.",
    [
      arg("result", "CUdevResource *", opaque),
      arg("nbGroups", "unsigned int *", opaque),
      arg("input", "const CUdevResource *", opaque),
      arg("remaining", "CUdevResource *", opaque),
      arg("useFlags", "unsigned int"),
      arg("minCount", "unsigned int"),
    ],
    {
      why: "Green contexts divide the multiprocessors of a physical GPU; the host does that for tenants.",
    },
  ),
  row(
    "cuDevResourceGenerateDesc",
    12040,
    "refused",
    "Dev Resource Generate Desc.",
    [
      arg("phDesc", "CUdevResourceDesc *", opaque),
      arg("resources", "CUdevResource *", opaque),
      arg("nbResources", "unsigned int"),
    ],
    {
      why: "Green contexts divide the multiprocessors of a physical GPU; the host does that for tenants.",
    },
  ),
  row(
    "cuGreenCtxRecordEvent",
    12040,
    "refused",
    "Green Ctx Record Event.",
    [arg("hCtx", "CUgreenCtx"), arg("hEvent", "CUevent")],
    {
      why: "Green contexts divide the multiprocessors of a physical GPU; the host does that for tenants.",
    },
  ),
  row(
    "cuGreenCtxWaitEvent",
    12040,
    "refused",
    "Green Ctx Wait Event.",
    [arg("hCtx", "CUgreenCtx"), arg("hEvent", "CUevent")],
    {
      why: "Green contexts divide the multiprocessors of a physical GPU; the host does that for tenants.",
    },
  ),
  row(
    "cuStreamGetGreenCtx",
    12040,
    "refused",
    "Stream Get Green Ctx.",
    [arg("hStream", "CUstream"), arg("phCtx", "CUgreenCtx *", opaque)],
    {
      why: "Green contexts divide the multiprocessors of a physical GPU; the host does that for tenants.",
    },
  ),
  row(
    "cuGreenCtxStreamCreate",
    12050,
    "refused",
    "Green Ctx Stream Create.",
    [
      arg("phStream", "CUstream *", opaque),
      arg("greenCtx", "CUgreenCtx"),
      arg("flags", "unsigned int"),
      arg("priority", "int"),
    ],
    {
      why: "Green contexts divide the multiprocessors of a physical GPU; the host does that for tenants.",
    },
  ),
  row(
    "cuGreenCtxGetId",
    12090,
    "refused",
    "Green Ctx Get Id.",
    [arg("greenCtx", "CUgreenCtx"), arg("greenCtxId", "unsigned long long *", opaque)],
    {
      why: "Green contexts divide the multiprocessors of a physical GPU; the host does that for tenants.",
    },
  ),
];
