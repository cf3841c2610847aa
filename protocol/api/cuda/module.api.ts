/** Modules, functions and the linker. */
import { arg, destroys, opaque, out, outOrNull, type Row, row, text } from "../model.ts";

export const moduleRows: readonly Row[] = [
  row("cuModuleLoad", 2000, "local", "Module Load.", [
    arg("module", "CUmodule *", opaque),
    arg("fname", "const char *", opaque),
  ]),
  row("cuModuleLoadData", 2000, "local", "Module Load Data.", [
    arg("module", "CUmodule *", opaque),
    arg("image", "const void *", opaque),
  ]),
  row(
    "cuModuleLoadDataEx",
    2010,
    "custom",
    "Module Load Data Ex.",
    [
      arg("module", "CUmodule *", opaque),
      arg("image", "const void *", opaque),
      arg("numOptions", "unsigned int"),
      arg("options", "CUjit_option *", opaque),
      arg("optionValues", "void **", opaque),
    ],
    {
      blocks: true,
      wire: {
        args: [
          ["module", "u64"],
          ["image", "range"],
          ["image_kind", "u32"],
          ["option_count", "u32"],
          ["log_bytes", "u32"],
          ["error_log_bytes", "u32"],
        ],
        reply: [
          ["log_used", "u32"],
          ["error_log_used", "u32"],
          ["wall_time_ms", "f32"],
          ["kernel_count", "u32"],
        ],
        tail: "options: u32 name, u32 0, u64 value, each",
        replyTail: "info log, then error log",
      },
    },
  ),
  row("cuModuleLoadFatBinary", 2000, "local", "Module Load Fat Binary.", [
    arg("module", "CUmodule *", opaque),
    arg("fatCubin", "const void *", opaque),
  ]),
  row("cuModuleUnload", 2000, "custom", "Module Unload.", [arg("hmod", "CUmodule")], {
    blocks: true,
    wire: { args: [["module", "u64"]] },
  }),
  row("cuModuleGetLoadingMode", 11070, "local", "Module Get Loading Mode.", [
    arg("mode", "CUmoduleLoadingMode *", opaque),
  ]),
  row(
    "cuModuleGetFunction",
    2000,
    "custom",
    "Module Get Function.",
    [
      arg("hfunc", "CUfunction *", opaque),
      arg("hmod", "CUmodule"),
      arg("name", "const char *", opaque),
    ],
    {
      wire: {
        args: [
          ["function", "u64"],
          ["module", "u64"],
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
  row("cuModuleGetFunctionCount", 12040, "sync", "Module Get Function Count.", [
    arg("count", "unsigned int *", out),
    arg("mod", "CUmodule"),
  ]),
  row(
    "cuModuleEnumerateFunctions",
    12040,
    "custom",
    "Module Enumerate Functions.",
    [
      arg("functions", "CUfunction *", opaque),
      arg("numFunctions", "unsigned int"),
      arg("mod", "CUmodule"),
    ],
    {
      wire: {
        args: [
          ["module", "u64"],
          ["count", "u32"],
          ["pad", "u32"],
        ],
        tail: "functions: u64 guest handle each",
        replyTail: "names, zero-terminated",
      },
    },
  ),
  row(
    "cuModuleGetGlobal",
    2000,
    "refused",
    "Module Get Global.",
    [
      arg("dptr", "CUdeviceptr_v1 *", opaque),
      arg("bytes", "unsigned int *", opaque),
      arg("hmod", "CUmodule"),
      arg("name", "const char *", opaque),
    ],
    { why: "The 32-bit form of CUDA 2; replaced in CUDA 3.2." },
  ),
  row("cuModuleGetGlobal_v2", 3020, "sync", "Module Get Global.", [
    arg("dptr", "CUdeviceptr *", outOrNull),
    arg("bytes", "size_t *", outOrNull),
    arg("hmod", "CUmodule"),
    arg("name", "const char *", text),
  ]),
  row(
    "cuLinkCreate",
    5050,
    "alias",
    "Link Create.",
    [
      arg("numOptions", "unsigned int"),
      arg("options", "CUjit_option *", opaque),
      arg("optionValues", "void **", opaque),
      arg("stateOut", "CUlinkState *", opaque),
    ],
    { aliasOf: "cuLinkCreate_v2" },
  ),
  row(
    "cuLinkCreate_v2",
    6050,
    "custom",
    "Link Create.",
    [
      arg("numOptions", "unsigned int"),
      arg("options", "CUjit_option *", opaque),
      arg("optionValues", "void **", opaque),
      arg("stateOut", "CUlinkState *", opaque),
    ],
    {
      wire: {
        args: [
          ["link", "u64"],
          ["option_count", "u32"],
          ["log_bytes", "u32"],
          ["error_log_bytes", "u32"],
          ["pad", "u32"],
        ],
        tail: "options: u32 name, u32 0, u64 value, each",
      },
    },
  ),
  row(
    "cuLinkAddData",
    5050,
    "alias",
    "Link Add Data.",
    [
      arg("state", "CUlinkState"),
      arg("type", "CUjitInputType"),
      arg("data", "void *", opaque),
      arg("size", "size_t"),
      arg("name", "const char *", opaque),
      arg("numOptions", "unsigned int"),
      arg("options", "CUjit_option *", opaque),
      arg("optionValues", "void **", opaque),
    ],
    { aliasOf: "cuLinkAddData_v2" },
  ),
  row(
    "cuLinkAddData_v2",
    6050,
    "custom",
    "Link Add Data.",
    [
      arg("state", "CUlinkState"),
      arg("type", "CUjitInputType"),
      arg("data", "void *", opaque),
      arg("size", "size_t"),
      arg("name", "const char *", opaque),
      arg("numOptions", "unsigned int"),
      arg("options", "CUjit_option *", opaque),
      arg("optionValues", "void **", opaque),
    ],
    {
      blocks: true,
      wire: {
        args: [
          ["link", "u64"],
          ["data", "range"],
          ["type", "u32"],
          ["option_count", "u32"],
          ["name_bytes", "u32"],
          ["pad", "u32"],
        ],
        reply: [
          ["log_used", "u32"],
          ["error_log_used", "u32"],
        ],
        tail: "name, then options",
        replyTail: "info log, then error log",
      },
    },
  ),
  row(
    "cuLinkAddFile",
    5050,
    "alias",
    "Link Add File.",
    [
      arg("state", "CUlinkState"),
      arg("type", "CUjitInputType"),
      arg("path", "const char *", opaque),
      arg("numOptions", "unsigned int"),
      arg("options", "CUjit_option *", opaque),
      arg("optionValues", "void **", opaque),
    ],
    { aliasOf: "cuLinkAddFile_v2" },
  ),
  row("cuLinkAddFile_v2", 6050, "local", "Link Add File.", [
    arg("state", "CUlinkState"),
    arg("type", "CUjitInputType"),
    arg("path", "const char *", opaque),
    arg("numOptions", "unsigned int"),
    arg("options", "CUjit_option *", opaque),
    arg("optionValues", "void **", opaque),
  ]),
  row(
    "cuLinkComplete",
    5050,
    "custom",
    "Link Complete.",
    [
      arg("state", "CUlinkState"),
      arg("cubinOut", "void **", opaque),
      arg("sizeOut", "size_t *", opaque),
    ],
    {
      blocks: true,
      wire: {
        args: [
          ["link", "u64"],
          ["cubin", "range"],
        ],
        reply: [
          ["size_bytes", "u64"],
          ["log_used", "u32"],
          ["error_log_used", "u32"],
        ],
        replyTail: "info log, then error log",
      },
    },
  ),
  row("cuLinkDestroy", 5050, "sync", "Link Destroy.", [
    arg("state", "CUlinkState", destroys("link_state")),
  ]),
  row(
    "cuModuleGetTexRef",
    2000,
    "refused",
    "Module Get Tex Ref.",
    [
      arg("pTexRef", "CUtexref *", opaque),
      arg("hmod", "CUmodule"),
      arg("name", "const char *", opaque),
    ],
    {
      why: "Texture and surface references were removed with CUDA 12; texture objects replace them.",
    },
  ),
  row(
    "cuModuleGetSurfRef",
    3000,
    "refused",
    "Module Get Surf Ref.",
    [
      arg("pSurfRef", "CUsurfref *", opaque),
      arg("hmod", "CUmodule"),
      arg("name", "const char *", opaque),
    ],
    {
      why: "Texture and surface references were removed with CUDA 12; texture objects replace them.",
    },
  ),
];
