/** Libraries and kernels: context-independent code. */
import { adopt, arg, opaque, out, outOrNull, type Row, row, text } from "../model.ts";

export const libraryRows: readonly Row[] = [
  row(
    "cuLibraryLoadData",
    12000,
    "custom",
    "Loads code for all contexts, into each when it is first used there.",
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
  row(
    "cuLibraryLoadFromFile",
    12000,
    "local",
    "Loads code from a file of the guest, as cuLibraryLoadData does from memory.",
    [
      arg("library", "CUlibrary *", opaque),
      arg("fileName", "const char *", opaque),
      arg("jitOptions", "CUjit_option *", opaque),
      arg("jitOptionsValues", "void **", opaque),
      arg("numJitOptions", "unsigned int"),
      arg("libraryOptions", "CUlibraryOption *", opaque),
      arg("libraryOptionValues", "void **", opaque),
      arg("numLibraryOptions", "unsigned int"),
    ],
  ),
  row(
    "cuLibraryUnload",
    12000,
    "custom",
    "Unloads a library from every context; its kernels end with it.",
    [arg("library", "CUlibrary")],
    {
      blocks: true,
      wire: { args: [["library", "u64"]] },
    },
  ),
  row(
    "cuLibraryGetKernel",
    12000,
    "custom",
    "Gives a library's kernel by its mangled name.",
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
  row("cuLibraryGetKernelCount", 12040, "sync", "Gives how many kernels a library has.", [
    arg("count", "unsigned int *", out),
    arg("lib", "CUlibrary"),
  ]),
  row(
    "cuLibraryEnumerateKernels",
    12040,
    "custom",
    "Gives up to the asked number of a library's kernels.",
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
  row(
    "cuLibraryGetModule",
    12000,
    "sync",
    "Gives the module that a library is in the current context, loading it if need be.",
    [arg("pMod", "CUmodule *", adopt("module")), arg("library", "CUlibrary")],
  ),
  row(
    "cuKernelGetFunction",
    12000,
    "custom",
    "Gives the function that a kernel is in the current context, loading it if need be.",
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
  row("cuKernelGetLibrary", 12050, "local", "Gives the library that a kernel belongs to.", [
    arg("pLib", "CUlibrary *", opaque),
    arg("kernel", "CUkernel"),
  ]),
  row(
    "cuLibraryGetGlobal",
    12000,
    "sync",
    "Gives address and size in bytes of a library's variable in the current context.",
    [
      arg("dptr", "CUdeviceptr *", outOrNull),
      arg("bytes", "size_t *", outOrNull),
      arg("library", "CUlibrary"),
      arg("name", "const char *", text),
    ],
    { observed: true },
  ),
  row(
    "cuLibraryGetManaged",
    12000,
    "custom",
    "Gives address and size in bytes of a library's managed variable, alike in all contexts.",
    [
      arg("dptr", "CUdeviceptr *", opaque),
      arg("bytes", "size_t *", opaque),
      arg("library", "CUlibrary"),
      arg("name", "const char *", opaque),
    ],
    {
      wire: {
        // Without memory the call only asks for the size; with a heap range of that size it moves the variable there,
        // where the guest can reach it.
        args: [
          ["library", "u64"],
          ["memory", "range"],
          ["name_bytes", "u32"],
          ["pad", "u32"],
        ],
        reply: [["size_bytes", "u64"]],
        tail: "name",
      },
    },
  ),
  row(
    "cuLibraryGetUnifiedFunction",
    12000,
    "local",
    "Gives a pointer that calls a library's function from host and device.",
    [
      arg("fptr", "void **", opaque),
      arg("library", "CUlibrary"),
      arg("symbol", "const char *", opaque),
    ],
  ),
  row(
    "cuKernelGetAttribute",
    12000,
    "custom",
    "Gives one of a kernel's numbers on a device: registers, shared bytes, largest block.",
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
  row(
    "cuKernelSetAttribute",
    12000,
    "sync",
    "Sets a kernel's attribute on a device, for all contexts there.",
    [
      arg("attrib", "CUfunction_attribute"),
      arg("val", "int"),
      arg("kernel", "CUkernel"),
      arg("dev", "CUdevice"),
    ],
    { observed: true },
  ),
  row(
    "cuKernelSetCacheConfig",
    12000,
    "sync",
    "Sets a kernel's cache preference on a device, for all contexts there.",
    [arg("kernel", "CUkernel"), arg("config", "CUfunc_cache"), arg("dev", "CUdevice")],
  ),
  row(
    "cuKernelGetName",
    12030,
    "local",
    "Gives a kernel's mangled name, which lives as long as its library.",
    [arg("name", "const char **", opaque), arg("hfunc", "CUkernel")],
  ),
  row(
    "cuKernelGetParamInfo",
    12040,
    "local",
    "Gives offset and size in bytes of one parameter; past the last one is an error.",
    [
      arg("kernel", "CUkernel"),
      arg("paramIndex", "size_t"),
      arg("paramOffset", "size_t *", opaque),
      arg("paramSize", "size_t *", opaque),
    ],
  ),
];
