/** How much lies behind a pointer, where the registry's `len` does not say. */
import type { Pass, Rule } from "../model.ts";

const values = (count: string): Pass => ({ kind: "in", count });
const texts = (count: string, lengths?: string): Pass => ({
  kind: "texts",
  count,
  ...(lengths && { lengths }),
});

/** Elements of a value: 3 of Uniform3fv, 8 of UniformMatrix2x4fv. */
const uniforms = (shape: string, elements: number): Rule => ({
  match: new RegExp(`^gl(Program)?Uniform${shape}(f|i|ui|d|i64|ui64)v(ARB|EXT|OES)?$`),
  row: { args: { value: values(`uniform_count(count)*${elements}`) } },
});

export const sizes: readonly Rule[] = [
  ...[1, 2, 3, 4].map((n) => uniforms(`${n}`, n)),
  ...[2, 3, 4].map((n) => uniforms(`Matrix${n}`, n * n)),
  ...[2, 3, 4].flatMap((n) =>
    [2, 3, 4].filter((m) => m !== n).map((m) => uniforms(`Matrix${n}x${m}`, n * m)),
  ),
  { match: "glCallLists", row: { args: { lists: values("n*list_name_bytes(type)") } } },
  {
    match: /^glClearBuffer[fu]?iv$|^glClearBufferfv$/,
    row: { args: { value: values("clear_count(buffer)") } },
  },
  {
    match: /^glClearNamedFramebuffer(fv|iv|uiv)$/,
    row: { args: { value: values("clear_count(buffer)") } },
  },
  { match: /^glDepthRangeArray(v|fvOES|dvNV)$/, row: { args: { v: values("count*2") } } },
  { match: /^glViewportArrayv$/, row: { args: { v: values("count*4") } } },
  { match: /^glScissorArrayv$/, row: { args: { v: values("count*4") } } },
  { match: /^glMap1[df]$/, row: { args: { points: values("map1_count(target, stride, order)") } } },
  {
    match: /^glMap2[df]$/,
    row: { args: { points: values("map2_count(target, ustride, uorder, vstride, vorder)") } },
  },
  { match: "glNamedFramebufferDrawBuffers", row: { args: { bufs: values("n") } } },
  {
    match: /^glInvalidateNamedFramebuffer(Sub)?Data$/,
    row: { args: { attachments: values("numAttachments") } },
  },
  {
    match: "glSpecializeShader",
    row: {
      args: {
        pConstantIndex: values("numSpecializationConstants"),
        pConstantValue: values("numSpecializationConstants"),
      },
    },
  },
  {
    match: "glVertexArrayVertexBuffers",
    row: {
      args: {
        buffers: { kind: "names", of: "buffer", count: "count" },
        offsets: values("count"),
        strides: values("count"),
      },
    },
  },
  {
    match: "glShaderSource",
    row: { args: { string: texts("count", "length"), length: { kind: "lengths" } } },
  },
  {
    match: "glCompileShaderIncludeARB",
    row: { args: { path: texts("count", "length"), length: { kind: "lengths" } } },
  },
  { match: "glTransformFeedbackVaryings", row: { args: { varyings: texts("count") } } },
  {
    match: "glGetUniformIndices",
    row: {
      args: {
        uniformNames: texts("uniformCount"),
        uniformIndices: { kind: "out", count: "uniformCount" },
      },
    },
  },
  // What it calls a binding is a binding point, and no buffer's name.
  {
    match: "glGetActiveAtomicCounterBufferiv",
    row: { args: { params: { kind: "out", count: "1024" } } },
  },
  {
    match: "glGetActiveUniformsiv",
    row: { args: { params: { kind: "out", count: "uniformCount" } } },
  },
  { match: /^glGetnMap(fv|iv)(ARB)?$/, row: { args: { v: { kind: "out", count: "bufSize/4" } } } },
  { match: /^glGetnMapdv$/, row: { args: { v: { kind: "out", count: "bufSize/8" } } } },
  {
    match: /^glGet(Boolean|Integer|Integer64|Float|Double)i_v$/,
    row: { args: { data: { kind: "out", count: "64", pname: "target" } } },
  },
];
