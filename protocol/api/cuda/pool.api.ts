/** Memory pools and stream-ordered allocation. */
import { adopt, arg, destroys, in_, inArray, mint, opaque, out, type Row, row } from "../model.ts";

export const poolRows: readonly Row[] = [
  row(
    "cuMemPoolTrimTo",
    11020,
    "sync",
    "Gives a pool's unused memory back until only the asked bytes are held.",
    [arg("pool", "CUmemoryPool"), arg("minBytesToKeep", "size_t")],
    { blocks: true },
  ),
  row(
    "cuMemPoolSetAttribute",
    11020,
    "custom",
    "Sets how a pool reuses memory or how much it keeps, or resets a peak.",
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
    "Gives a pool's reuse rules, or its bytes in use and reserved, now or at their peak.",
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
  row(
    "cuMemPoolSetAccess",
    11020,
    "sync",
    "Says which devices may read or write a pool's memory.",
    [
      arg("pool", "CUmemoryPool"),
      arg("map", "const CUmemAccessDesc *", inArray("count")),
      arg("count", "size_t"),
    ],
  ),
  row(
    "cuMemPoolGetAccess",
    11020,
    "sync",
    "Gives the access that a place has to a pool's memory.",
    [
      arg("flags", "CUmemAccess_flags *", out),
      arg("memPool", "CUmemoryPool"),
      arg("location", "CUmemLocation *", in_),
    ],
  ),
  row("cuMemPoolCreate", 11020, "sync", "Makes a memory pool at the place its properties name.", [
    arg("pool", "CUmemoryPool *", mint("memory_pool")),
    arg("poolProps", "const CUmemPoolProps *", in_),
  ]),
  row(
    "cuMemPoolDestroy",
    11020,
    "sync",
    "Destroys a pool; memory still in use goes back once it is freed.",
    [arg("pool", "CUmemoryPool", destroys("memory_pool"))],
    { observed: true },
  ),
  row(
    "cuMemGetDefaultMemPool",
    13000,
    "sync",
    "Gives the default pool of a place for a kind of allocation.",
    [
      arg("pool_out", "CUmemoryPool *", adopt("memory_pool")),
      arg("location", "CUmemLocation *", in_),
      arg("type", "CUmemAllocationType"),
    ],
  ),
  row(
    "cuMemGetMemPool",
    13000,
    "sync",
    "Gives the pool now used at a place for a kind of allocation.",
    [
      arg("pool", "CUmemoryPool *", adopt("memory_pool")),
      arg("location", "CUmemLocation *", in_),
      arg("type", "CUmemAllocationType"),
    ],
  ),
  row(
    "cuMemSetMemPool",
    13000,
    "sync",
    "Makes a pool the one used at a place for a kind of allocation.",
    [
      arg("location", "CUmemLocation *", in_),
      arg("type", "CUmemAllocationType"),
      arg("pool", "CUmemoryPool"),
    ],
    { observed: true },
  ),
  row(
    "cuMemPoolExportToShareableHandle",
    11020,
    "custom",
    "Gives a file descriptor by which another process can open a pool.",
    [
      arg("handle_out", "void *", opaque),
      arg("pool", "CUmemoryPool"),
      arg("handleType", "CUmemAllocationHandleType"),
      arg("flags", "unsigned long long"),
    ],
    {
      wire: {
        args: [
          ["pool", "u64"],
          ["flags", "u64"],
          ["number", "u64"],
          ["type", "u32"],
          ["pad", "u32"],
        ],
      },
    },
  ),
  row(
    "cuMemPoolImportFromShareableHandle",
    11020,
    "custom",
    "Opens a pool of another process.",
    [
      arg("pool_out", "CUmemoryPool *", opaque),
      arg("handle", "void *", opaque),
      arg("handleType", "CUmemAllocationHandleType"),
      arg("flags", "unsigned long long"),
    ],
    {
      wire: {
        args: [
          ["pool", "u64"],
          ["flags", "u64"],
          ["number", "u64"],
          ["type", "u32"],
          ["pad", "u32"],
        ],
      },
    },
  ),
  row(
    "cuMemPoolExportPointer",
    11020,
    "custom",
    "Gives 64 bytes by which another process finds an allocation of a shared pool.",
    [arg("shareData_out", "CUmemPoolPtrExportData *", opaque), arg("ptr", "CUdeviceptr")],
    { wire: { args: [["address", "u64"]], reply: [["data", "u8[64]"]] } },
  ),
  row(
    "cuMemPoolImportPointer",
    11020,
    "custom",
    "Gives the address of an allocation that another process made from a shared pool.",
    [
      arg("ptr_out", "CUdeviceptr *", opaque),
      arg("pool", "CUmemoryPool"),
      arg("shareData", "CUmemPoolPtrExportData *", opaque),
    ],
    {
      wire: {
        args: [
          ["pool", "u64"],
          ["data", "u8[64]"],
        ],
        reply: [
          ["address", "u64"],
          ["size_bytes", "u64"],
        ],
      },
    },
  ),
  row(
    "cuMemFreeAsync",
    11020,
    "custom",
    "Frees memory of a pool in stream order; later work of the stream must not use it.",
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
    "Allocates from the device's current pool; the address may be used in stream order.",
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
    "Allocates from a named pool; the address may be used in stream order.",
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
