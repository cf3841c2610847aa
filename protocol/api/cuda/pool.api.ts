/** Memory pools and stream-ordered allocation. */
import { adopt, arg, destroys, in_, inArray, mint, opaque, out, type Row, row } from "../model.ts";

export const poolRows: readonly Row[] = [
  row(
    "cuMemPoolTrimTo",
    11020,
    "sync",
    "Mem Pool Trim To.",
    [arg("pool", "CUmemoryPool"), arg("minBytesToKeep", "size_t")],
    { blocks: true },
  ),
  row(
    "cuMemPoolSetAttribute",
    11020,
    "custom",
    "Mem Pool Set Attribute.",
    [
      arg("pool", "CUmemoryPool"),
      arg("attr", "CUmemPool_attribute"),
      arg("value", "void *", opaque),
    ],
    {
      wire: {
        args: [
          ["pool", "u64"],
          ["value", "u64"],
          ["attribute", "i32"],
          ["pad", "u32"],
        ],
      },
    },
  ),
  row(
    "cuMemPoolGetAttribute",
    11020,
    "custom",
    "Mem Pool Get Attribute.",
    [
      arg("pool", "CUmemoryPool"),
      arg("attr", "CUmemPool_attribute"),
      arg("value", "void *", opaque),
    ],
    {
      wire: {
        args: [
          ["pool", "u64"],
          ["attribute", "i32"],
          ["pad", "u32"],
        ],
        reply: [["value", "u64"]],
      },
    },
  ),
  row("cuMemPoolSetAccess", 11020, "sync", "Mem Pool Set Access.", [
    arg("pool", "CUmemoryPool"),
    arg("map", "const CUmemAccessDesc *", inArray("count")),
    arg("count", "size_t"),
  ]),
  row("cuMemPoolGetAccess", 11020, "sync", "Mem Pool Get Access.", [
    arg("flags", "CUmemAccess_flags *", out),
    arg("memPool", "CUmemoryPool"),
    arg("location", "CUmemLocation *", in_),
  ]),
  row("cuMemPoolCreate", 11020, "sync", "Mem Pool Create.", [
    arg("pool", "CUmemoryPool *", mint("memory_pool")),
    arg("poolProps", "const CUmemPoolProps *", in_),
  ]),
  row("cuMemPoolDestroy", 11020, "sync", "Mem Pool Destroy.", [
    arg("pool", "CUmemoryPool", destroys("memory_pool")),
  ]),
  row("cuMemGetDefaultMemPool", 13000, "sync", "Mem Get Default Mem Pool.", [
    arg("pool_out", "CUmemoryPool *", adopt("memory_pool")),
    arg("location", "CUmemLocation *", in_),
    arg("type", "CUmemAllocationType"),
  ]),
  row("cuMemGetMemPool", 13000, "sync", "Mem Get Mem Pool.", [
    arg("pool", "CUmemoryPool *", adopt("memory_pool")),
    arg("location", "CUmemLocation *", in_),
    arg("type", "CUmemAllocationType"),
  ]),
  row("cuMemSetMemPool", 13000, "sync", "Mem Set Mem Pool.", [
    arg("location", "CUmemLocation *", in_),
    arg("type", "CUmemAllocationType"),
    arg("pool", "CUmemoryPool"),
  ]),
  row(
    "cuMemPoolExportToShareableHandle",
    11020,
    "refused",
    "Mem Pool Export To Shareable Handle.",
    [
      arg("handle_out", "void *", opaque),
      arg("pool", "CUmemoryPool"),
      arg("handleType", "CUmemAllocationHandleType"),
      arg("flags", "unsigned long long"),
    ],
    { why: "File descriptors of the host mean nothing in the guest." },
  ),
  row(
    "cuMemPoolImportFromShareableHandle",
    11020,
    "refused",
    "Mem Pool Import From Shareable Handle.",
    [
      arg("pool_out", "CUmemoryPool *", opaque),
      arg("handle", "void *", opaque),
      arg("handleType", "CUmemAllocationHandleType"),
      arg("flags", "unsigned long long"),
    ],
    { why: "File descriptors of the host mean nothing in the guest." },
  ),
  row(
    "cuMemPoolExportPointer",
    11020,
    "refused",
    "Mem Pool Export Pointer.",
    [arg("shareData_out", "CUmemPoolPtrExportData *", opaque), arg("ptr", "CUdeviceptr")],
    { why: "File descriptors of the host mean nothing in the guest." },
  ),
  row(
    "cuMemPoolImportPointer",
    11020,
    "refused",
    "Mem Pool Import Pointer.",
    [
      arg("ptr_out", "CUdeviceptr *", opaque),
      arg("pool", "CUmemoryPool"),
      arg("shareData", "CUmemPoolPtrExportData *", opaque),
    ],
    { why: "File descriptors of the host mean nothing in the guest." },
  ),
  row(
    "cuMemFreeAsync",
    11020,
    "custom",
    "Mem Free Async.",
    [arg("dptr", "CUdeviceptr"), arg("hStream", "CUstream")],
    {
      perThread: ["_ptsz", 11020],
      wire: {
        args: [
          ["address", "u64"],
          ["stream", "u64"],
        ],
      },
    },
  ),
  row(
    "cuMemAllocAsync",
    11020,
    "custom",
    "Mem Alloc Async.",
    [arg("dptr", "CUdeviceptr *", opaque), arg("bytesize", "size_t"), arg("hStream", "CUstream")],
    {
      perThread: ["_ptsz", 11020],
      wire: {
        args: [
          ["size_bytes", "u64"],
          ["stream", "u64"],
        ],
        reply: [["address", "u64"]],
      },
    },
  ),
  row(
    "cuMemAllocFromPoolAsync",
    11020,
    "custom",
    "Mem Alloc From Pool Async.",
    [
      arg("dptr", "CUdeviceptr *", opaque),
      arg("bytesize", "size_t"),
      arg("pool", "CUmemoryPool"),
      arg("hStream", "CUstream"),
    ],
    {
      perThread: ["_ptsz", 11020],
      wire: {
        args: [
          ["size_bytes", "u64"],
          ["pool", "u64"],
          ["stream", "u64"],
        ],
        reply: [["address", "u64"]],
      },
    },
  ),
];
