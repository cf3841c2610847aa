/** Libraries and kernels: context-independent code. */
import { adopt, arg, opaque, out, outOrNull, type Row, row, text } from "../model.ts";

export const libraryRows: readonly Row[] = [
  row(
    "cuLibraryLoadData",
    12000,
    "custom",
    "Library Load Data.",
    [
      arg("library", "CUlibrary *", opaque),
      arg("code", "const void *", opaque),
      arg("jitOptions", "CUjit_option *", opaque),
      arg("jitOptionsValues", "void **", opaque),
      arg("numJitOptions", "unsigned int"),
      arg("libraryOptions", "CUlibraryOption *", opaque),
      arg("libraryOptionValues", "void **", opaque),
      arg("numLibraryOptions", "unsigned int"),
    ],
    {
      blocks: true,
      wire: {
        args: [
          ["library", "u64"],
          ["image", "range"],
          ["image_kind", "u32"],
          ["option_count", "u32"],
          ["log_bytes", "u32"],
          ["error_log_bytes", "u32"],
          ["library_option_count", "u32"],
          ["pad", "u32"],
        ],
        reply: [
          ["log_used", "u32"],
          ["error_log_used", "u32"],
          ["kernel_count", "u32"],
          ["pad", "u32"],
        ],
        tail: "JIT options, then library options: u32 name, u32 0, u64 value, each",
        replyTail: "info log, then error log",
      },
    },
  ),
  row("cuLibraryLoadFromFile", 12000, "local", "Library Load From File.", [
    arg("library", "CUlibrary *", opaque),
    arg("fileName", "const char *", opaque),
    arg("jitOptions", "CUjit_option *", opaque),
    arg("jitOptionsValues", "void **", opaque),
    arg("numJitOptions", "unsigned int"),
    arg("libraryOptions", "CUlibraryOption *", opaque),
    arg("libraryOptionValues", "void **", opaque),
    arg("numLibraryOptions", "unsigned int"),
  ]),
  row("cuLibraryUnload", 12000, "custom", "Library Unload.", [arg("library", "CUlibrary")], {
    blocks: true,
    wire: { args: [["library", "u64"]] },
  }),
  row(
    "cuLibraryGetKernel",
    12000,
    "custom",
    "Library Get Kernel.",
    [
      arg("pKernel", "CUkernel *", opaque),
      arg("library", "CUlibrary"),
      arg("name", "const char *", opaque),
    ],
    {
      blocks: true,
      wire: {
        args: [
          ["kernel", "u64"],
          ["library", "u64"],
          ["name_bytes", "u32"],
          ["pad", "u32"],
        ],
        reply: [
          ["param_count", "u32"],
          ["param_bytes", "u32"],
          ["attributes", "u32[16]"],
        ],
        tail: "name",
        replyTail: "per parameter: u32 offset, u32 size",
      },
    },
  ),
  row("cuLibraryGetKernelCount", 12040, "sync", "Library Get Kernel Count.", [
    arg("count", "unsigned int *", out),
    arg("lib", "CUlibrary"),
  ]),
  row(
    "cuLibraryEnumerateKernels",
    12040,
    "custom",
    "Library Enumerate Kernels.",
    [
      arg("kernels", "CUkernel *", opaque),
      arg("numKernels", "unsigned int"),
      arg("lib", "CUlibrary"),
    ],
    {
      wire: {
        args: [
          ["library", "u64"],
          ["count", "u32"],
          ["pad", "u32"],
        ],
        tail: "kernels: u64 guest handle each",
        replyTail: "names, zero-terminated",
      },
    },
  ),
  row("cuLibraryGetModule", 12000, "sync", "Library Get Module.", [
    arg("pMod", "CUmodule *", adopt("module")),
    arg("library", "CUlibrary"),
  ]),
  row(
    "cuKernelGetFunction",
    12000,
    "custom",
    "Kernel Get Function.",
    [arg("pFunc", "CUfunction *", opaque), arg("kernel", "CUkernel")],
    {
      blocks: true,
      wire: {
        args: [
          ["function", "u64"],
          ["kernel", "u64"],
        ],
        reply: [["function", "u64"]],
      },
    },
  ),
  row("cuKernelGetLibrary", 12050, "local", "Kernel Get Library.", [
    arg("pLib", "CUlibrary *", opaque),
    arg("kernel", "CUkernel"),
  ]),
  row("cuLibraryGetGlobal", 12000, "sync", "Library Get Global.", [
    arg("dptr", "CUdeviceptr *", outOrNull),
    arg("bytes", "size_t *", outOrNull),
    arg("library", "CUlibrary"),
    arg("name", "const char *", text),
  ]),
  row("cuLibraryGetManaged", 12000, "sync", "Library Get Managed.", [
    arg("dptr", "CUdeviceptr *", outOrNull),
    arg("bytes", "size_t *", outOrNull),
    arg("library", "CUlibrary"),
    arg("name", "const char *", text),
  ]),
  row(
    "cuLibraryGetUnifiedFunction",
    12000,
    "refused",
    "Library Get Unified Function.",
    [
      arg("fptr", "void **", opaque),
      arg("library", "CUlibrary"),
      arg("symbol", "const char *", opaque),
    ],
    { why: "A function pointer of the host has no meaning in the guest." },
  ),
  row(
    "cuKernelGetAttribute",
    12000,
    "custom",
    "Kernel Get Attribute.",
    [
      arg("pi", "int *", opaque),
      arg("attrib", "CUfunction_attribute"),
      arg("kernel", "CUkernel"),
      arg("dev", "CUdevice"),
    ],
    {
      wire: {
        args: [
          ["kernel", "u64"],
          ["attribute", "i32"],
          ["dev", "i32"],
        ],
        reply: [
          ["value", "i32"],
          ["pad", "u32"],
        ],
      },
    },
  ),
  row("cuKernelSetAttribute", 12000, "sync", "Kernel Set Attribute.", [
    arg("attrib", "CUfunction_attribute"),
    arg("val", "int"),
    arg("kernel", "CUkernel"),
    arg("dev", "CUdevice"),
  ]),
  row("cuKernelSetCacheConfig", 12000, "sync", "Kernel Set Cache Config.", [
    arg("kernel", "CUkernel"),
    arg("config", "CUfunc_cache"),
    arg("dev", "CUdevice"),
  ]),
  row("cuKernelGetName", 12030, "local", "Kernel Get Name.", [
    arg("name", "const char **", opaque),
    arg("hfunc", "CUkernel"),
  ]),
  row("cuKernelGetParamInfo", 12040, "local", "Kernel Get Param Info.", [
    arg("kernel", "CUkernel"),
    arg("paramIndex", "size_t"),
    arg("paramOffset", "size_t *", opaque),
    arg("paramSize", "size_t *", opaque),
  ]),
];
