/** Contexts: primary, explicit, current. */
import { arg, opaque, out, outOrNull, type Row, row } from "../model.ts";

export const contextRows: readonly Row[] = [
  row(
    "cuCtxCreate",
    2000,
    "alias",
    "Ctx Create.",
    [arg("pctx", "CUcontext *", opaque), arg("flags", "unsigned int"), arg("dev", "CUdevice")],
    { aliasOf: "cuCtxCreate_v2" },
  ),
  row("cuCtxCreate_v2", 3020, "local", "Ctx Create.", [
    arg("pctx", "CUcontext *", opaque),
    arg("flags", "unsigned int"),
    arg("dev", "CUdevice"),
  ]),
  row("cuCtxCreate_v3", 11040, "local", "Ctx Create.", [
    arg("pctx", "CUcontext *", opaque),
    arg("paramsArray", "CUexecAffinityParam *", opaque),
    arg("numParams", "int"),
    arg("flags", "unsigned int"),
    arg("dev", "CUdevice"),
  ]),
  row(
    "cuCtxCreate_v4",
    12050,
    "custom",
    "Ctx Create.",
    [
      arg("pctx", "CUcontext *", opaque),
      arg("ctxCreateParams", "CUctxCreateParams *", opaque),
      arg("flags", "unsigned int"),
      arg("dev", "CUdevice"),
    ],
    {
      wire: {
        args: [
          ["context", "u64"],
          ["flags", "u32"],
          ["dev", "i32"],
          ["affinity_count", "i32"],
          ["affinity", "u32[16]"],
        ],
      },
    },
  ),
  row("cuCtxDestroy", 2000, "alias", "Ctx Destroy.", [arg("ctx", "CUcontext")], {
    aliasOf: "cuCtxDestroy_v2",
  }),
  row("cuCtxDestroy_v2", 4000, "custom", "Ctx Destroy.", [arg("ctx", "CUcontext")], {
    wire: { args: [["context", "u64"]] },
  }),
  row("cuCtxPushCurrent", 2000, "alias", "Ctx Push Current.", [arg("ctx", "CUcontext")], {
    aliasOf: "cuCtxPushCurrent_v2",
  }),
  row("cuCtxPushCurrent_v2", 4000, "local", "Ctx Push Current.", [arg("ctx", "CUcontext")]),
  row("cuCtxPopCurrent", 2000, "alias", "Ctx Pop Current.", [arg("pctx", "CUcontext *", opaque)], {
    aliasOf: "cuCtxPopCurrent_v2",
  }),
  row("cuCtxPopCurrent_v2", 4000, "local", "Ctx Pop Current.", [
    arg("pctx", "CUcontext *", opaque),
  ]),
  row("cuCtxSetCurrent", 4000, "local", "Ctx Set Current.", [arg("ctx", "CUcontext")]),
  row("cuCtxGetCurrent", 4000, "local", "Ctx Get Current.", [arg("pctx", "CUcontext *", opaque)]),
  row("cuCtxGetDevice", 2000, "local", "Ctx Get Device.", [arg("device", "CUdevice *", opaque)]),
  row("cuCtxGetDevice_v2", 13000, "local", "Ctx Get Device.", [
    arg("device", "CUdevice *", opaque),
    arg("ctx", "CUcontext"),
  ]),
  row("cuCtxGetFlags", 7000, "sync", "Ctx Get Flags.", [arg("flags", "unsigned int *", out)]),
  row("cuCtxSetFlags", 12010, "sync", "Ctx Set Flags.", [arg("flags", "unsigned int")]),
  row("cuCtxGetId", 12000, "sync", "Ctx Get Id.", [
    arg("ctx", "CUcontext"),
    arg("ctxId", "unsigned long long *", out),
  ]),
  row("cuCtxSynchronize", 2000, "local", "Ctx Synchronize.", []),
  row("cuCtxSynchronize_v2", 13000, "custom", "Ctx Synchronize.", [arg("ctx", "CUcontext")], {
    blocks: true,
    wire: { args: [["context", "u64"]] },
  }),
  row("cuCtxSetLimit", 3010, "sync", "Ctx Set Limit.", [
    arg("limit", "CUlimit"),
    arg("value", "size_t"),
  ]),
  row("cuCtxGetLimit", 3010, "sync", "Ctx Get Limit.", [
    arg("pvalue", "size_t *", out),
    arg("limit", "CUlimit"),
  ]),
  row("cuCtxGetCacheConfig", 3020, "sync", "Ctx Get Cache Config.", [
    arg("pconfig", "CUfunc_cache *", out),
  ]),
  row("cuCtxSetCacheConfig", 3020, "sync", "Ctx Set Cache Config.", [
    arg("config", "CUfunc_cache"),
  ]),
  row("cuCtxGetApiVersion", 3020, "sync", "Ctx Get Api Version.", [
    arg("ctx", "CUcontext"),
    arg("version", "unsigned int *", out),
  ]),
  row("cuCtxGetStreamPriorityRange", 5050, "sync", "Ctx Get Stream Priority Range.", [
    arg("leastPriority", "int *", outOrNull),
    arg("greatestPriority", "int *", outOrNull),
  ]),
  row("cuCtxResetPersistingL2Cache", 11000, "sync", "Ctx Reset Persisting L2 Cache.", []),
  row("cuCtxGetExecAffinity", 11040, "sync", "Ctx Get Exec Affinity.", [
    arg("pExecAffinity", "CUexecAffinityParam *", out),
    arg("type", "CUexecAffinityType"),
  ]),
  row("cuCtxRecordEvent", 12050, "sync", "Ctx Record Event.", [
    arg("hCtx", "CUcontext"),
    arg("hEvent", "CUevent"),
  ]),
  row("cuCtxWaitEvent", 12050, "sync", "Ctx Wait Event.", [
    arg("hCtx", "CUcontext"),
    arg("hEvent", "CUevent"),
  ]),
  row(
    "cuCtxAttach",
    2000,
    "refused",
    "Ctx Attach.",
    [arg("pctx", "CUcontext *", opaque), arg("flags", "unsigned int")],
    { why: "Deprecated since CUDA 4.0; use cuCtxCreate and cuCtxDestroy." },
  ),
  row("cuCtxDetach", 2000, "refused", "Ctx Detach.", [arg("ctx", "CUcontext")], {
    why: "Deprecated since CUDA 4.0; use cuCtxCreate and cuCtxDestroy.",
  }),
  row("cuCtxGetSharedMemConfig", 4020, "sync", "Ctx Get Shared Mem Config.", [
    arg("pConfig", "CUsharedconfig *", out),
  ]),
  row("cuCtxSetSharedMemConfig", 4020, "sync", "Ctx Set Shared Mem Config.", [
    arg("config", "CUsharedconfig"),
  ]),
];
