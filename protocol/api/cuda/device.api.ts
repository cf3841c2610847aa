/** Devices and their properties. */
import { adopt, arg, inArray, opaque, out, outArray, type Row, row } from "../model.ts";

export const deviceRows: readonly Row[] = [
  row("cuDeviceGet", 2000, "local", "Device Get.", [
    arg("device", "CUdevice *", opaque),
    arg("ordinal", "int"),
  ]),
  row("cuDeviceGetCount", 2000, "local", "Device Get Count.", [arg("count", "int *", opaque)]),
  row("cuDeviceGetName", 2000, "local", "Device Get Name.", [
    arg("name", "char *", opaque),
    arg("len", "int"),
    arg("dev", "CUdevice"),
  ]),
  row(
    "cuDeviceGetUuid",
    9020,
    "alias",
    "Device Get Uuid.",
    [arg("uuid", "CUuuid *", opaque), arg("dev", "CUdevice")],
    { aliasOf: "cuDeviceGetUuid_v2" },
  ),
  row("cuDeviceGetUuid_v2", 11040, "local", "Device Get Uuid.", [
    arg("uuid", "CUuuid *", opaque),
    arg("dev", "CUdevice"),
  ]),
  row("cuDeviceGetLuid", 10000, "local", "Device Get Luid.", [
    arg("luid", "char *", opaque),
    arg("deviceNodeMask", "unsigned int *", opaque),
    arg("dev", "CUdevice"),
  ]),
  row(
    "cuDeviceTotalMem",
    2000,
    "refused",
    "Device Total Mem.",
    [arg("bytes", "unsigned int *", opaque), arg("dev", "CUdevice")],
    { why: "The 32-bit form of CUDA 2; replaced in CUDA 3.2." },
  ),
  row("cuDeviceTotalMem_v2", 3020, "local", "Device Total Mem.", [
    arg("bytes", "size_t *", opaque),
    arg("dev", "CUdevice"),
  ]),
  row(
    "cuDeviceGetTexture1DLinearMaxWidth",
    11010,
    "sync",
    "Device Get Texture1 DLinear Max Width.",
    [
      arg("maxWidthInElements", "size_t *", out),
      arg("format", "CUarray_format"),
      arg("numChannels", "unsigned int"),
      arg("dev", "CUdevice"),
    ],
  ),
  row("cuDeviceGetAttribute", 2000, "local", "Device Get Attribute.", [
    arg("pi", "int *", opaque),
    arg("attrib", "CUdevice_attribute"),
    arg("dev", "CUdevice"),
  ]),
  row("cuDeviceGetHostAtomicCapabilities", 13000, "sync", "Device Get Host Atomic Capabilities.", [
    arg("capabilities", "unsigned int *", outArray("count")),
    arg("operations", "const CUatomicOperation *", inArray("count")),
    arg("count", "unsigned int"),
    arg("dev", "CUdevice"),
  ]),
  row(
    "cuDeviceGetNvSciSyncAttributes",
    10020,
    "refused",
    "Device Get Nv Sci Sync Attributes.",
    [arg("nvSciSyncAttrList", "void *", opaque), arg("dev", "CUdevice"), arg("flags", "int")],
    { why: "External memory and semaphores of the guest (Vulkan, DX) do not exist on the host." },
  ),
  row("cuDeviceSetMemPool", 11020, "sync", "Device Set Mem Pool.", [
    arg("dev", "CUdevice"),
    arg("pool", "CUmemoryPool"),
  ]),
  row("cuDeviceGetMemPool", 11020, "sync", "Device Get Mem Pool.", [
    arg("pool", "CUmemoryPool *", adopt("memory_pool")),
    arg("dev", "CUdevice"),
  ]),
  row("cuDeviceGetDefaultMemPool", 11020, "sync", "Device Get Default Mem Pool.", [
    arg("pool_out", "CUmemoryPool *", adopt("memory_pool")),
    arg("dev", "CUdevice"),
  ]),
  row("cuDeviceGetExecAffinitySupport", 11040, "sync", "Device Get Exec Affinity Support.", [
    arg("pi", "int *", out),
    arg("type", "CUexecAffinityType"),
    arg("dev", "CUdevice"),
  ]),
  row("cuFlushGPUDirectRDMAWrites", 11030, "sync", "Flush GPUDirect RDMAWrites.", [
    arg("target", "CUflushGPUDirectRDMAWritesTarget"),
    arg("scope", "CUflushGPUDirectRDMAWritesScope"),
  ]),
  row("cuDeviceGetProperties", 2000, "local", "Device Get Properties.", [
    arg("prop", "CUdevprop *", opaque),
    arg("dev", "CUdevice"),
  ]),
  row("cuDeviceComputeCapability", 2000, "local", "Device Compute Capability.", [
    arg("major", "int *", opaque),
    arg("minor", "int *", opaque),
    arg("dev", "CUdevice"),
  ]),
  row(
    "cuDevicePrimaryCtxRetain",
    7000,
    "custom",
    "Device Primary Ctx Retain.",
    [arg("pctx", "CUcontext *", opaque), arg("dev", "CUdevice")],
    {
      wire: {
        args: [
          ["context", "u64"],
          ["dev", "i32"],
        ],
        reply: [["context", "u64"]],
      },
    },
  ),
  row(
    "cuDevicePrimaryCtxRelease",
    7000,
    "alias",
    "Device Primary Ctx Release.",
    [arg("dev", "CUdevice")],
    { aliasOf: "cuDevicePrimaryCtxRelease_v2" },
  ),
  row(
    "cuDevicePrimaryCtxRelease_v2",
    11000,
    "custom",
    "Device Primary Ctx Release.",
    [arg("dev", "CUdevice")],
    { wire: { args: [["dev", "i32"]] } },
  ),
  row(
    "cuDevicePrimaryCtxSetFlags",
    7000,
    "alias",
    "Device Primary Ctx Set Flags.",
    [arg("dev", "CUdevice"), arg("flags", "unsigned int")],
    { aliasOf: "cuDevicePrimaryCtxSetFlags_v2" },
  ),
  row("cuDevicePrimaryCtxSetFlags_v2", 11000, "sync", "Device Primary Ctx Set Flags.", [
    arg("dev", "CUdevice"),
    arg("flags", "unsigned int"),
  ]),
  row("cuDevicePrimaryCtxGetState", 7000, "sync", "Device Primary Ctx Get State.", [
    arg("dev", "CUdevice"),
    arg("flags", "unsigned int *", out),
    arg("active", "int *", out),
  ]),
  row(
    "cuDevicePrimaryCtxReset",
    7000,
    "alias",
    "Device Primary Ctx Reset.",
    [arg("dev", "CUdevice")],
    { aliasOf: "cuDevicePrimaryCtxReset_v2" },
  ),
  row(
    "cuDevicePrimaryCtxReset_v2",
    11000,
    "custom",
    "Device Primary Ctx Reset.",
    [arg("dev", "CUdevice")],
    { wire: { args: [["dev", "i32"]] } },
  ),
  row(
    "cuDeviceRegisterAsyncNotification",
    12040,
    "refused",
    "Device Register Async Notification.",
    [
      arg("device", "CUdevice"),
      arg("callbackFunc", "CUasyncCallback"),
      arg("userData", "void *", opaque),
      arg("callback", "CUasyncCallbackHandle *", opaque),
    ],
    { why: "Memory notifications would have to cross the host; none is promised." },
  ),
  row(
    "cuDeviceUnregisterAsyncNotification",
    12040,
    "refused",
    "Device Unregister Async Notification.",
    [arg("device", "CUdevice"), arg("callback", "CUasyncCallbackHandle")],
    { why: "Memory notifications would have to cross the host; none is promised." },
  ),
  row("cuDeviceGetByPCIBusId", 4010, "local", "Device Get By PCIBus Id.", [
    arg("dev", "CUdevice *", opaque),
    arg("pciBusId", "const char *", opaque),
  ]),
  row("cuDeviceGetPCIBusId", 4010, "local", "Device Get PCIBus Id.", [
    arg("pciBusId", "char *", opaque),
    arg("len", "int"),
    arg("dev", "CUdevice"),
  ]),
  row("cuDeviceGraphMemTrim", 11040, "sync", "Device Graph Mem Trim.", [arg("device", "CUdevice")]),
  row(
    "cuDeviceGetGraphMemAttribute",
    11040,
    "refused",
    "Device Get Graph Mem Attribute.",
    [
      arg("device", "CUdevice"),
      arg("attr", "CUgraphMem_attribute"),
      arg("value", "void *", opaque),
    ],
    {
      why: "This graph call is not forwarded yet; capture, kernel, copy, memset, host and event nodes are.",
    },
  ),
  row(
    "cuDeviceSetGraphMemAttribute",
    11040,
    "refused",
    "Device Set Graph Mem Attribute.",
    [
      arg("device", "CUdevice"),
      arg("attr", "CUgraphMem_attribute"),
      arg("value", "void *", opaque),
    ],
    {
      why: "This graph call is not forwarded yet; capture, kernel, copy, memset, host and event nodes are.",
    },
  ),
  row("cuDeviceGetP2PAttribute", 8000, "sync", "Device Get P2 PAttribute.", [
    arg("value", "int *", out),
    arg("attrib", "CUdevice_P2PAttribute"),
    arg("srcDevice", "CUdevice"),
    arg("dstDevice", "CUdevice"),
  ]),
  row("cuDeviceGetP2PAtomicCapabilities", 13000, "sync", "Device Get P2 PAtomic Capabilities.", [
    arg("capabilities", "unsigned int *", outArray("count")),
    arg("operations", "const CUatomicOperation *", inArray("count")),
    arg("count", "unsigned int"),
    arg("srcDevice", "CUdevice"),
    arg("dstDevice", "CUdevice"),
  ]),
  row(
    "cuDeviceGetDevResource",
    12040,
    "refused",
    "Device Get Dev Resource.",
    [
      arg("device", "CUdevice"),
      arg("resource", "CUdevResource *", opaque),
      arg("type", "CUdevResourceType"),
    ],
    {
      why: "Green contexts divide the multiprocessors of a physical GPU; the host does that for tenants.",
    },
  ),
];
