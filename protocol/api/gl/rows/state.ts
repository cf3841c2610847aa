/** State that the guest keeps so as to answer without asking: strings, limits, errors, buffers, sync objects, programs. */
import type { Pass, Row, Rule } from "../model.ts";

const byHand: Row = { guest: "custom", host: "custom" };
const answered: Row = { guest: "custom", host: "generated" };
const observed: Row = { observe: true };
const opaque: Pass = { kind: "opaque" };

const text = {
  args: { name: "u32", index: "u32" },
  reply: { text_bytes: "u32", pad: "u32" },
} as const;
const target = { target: "u32", buffer: "u32" } as const;

export const state: readonly Rule[] = [
  { match: "glGetError", row: { ...byHand, wire: { reply: { result: "u32", pad: "u32" } } } },
  {
    match: /^glGetStringi?$/,
    row: { ...byHand, wire: { ...text, replyTail: "the text and its zero" } },
  },
  { match: /^glGet(Integer|Integer64|Float|Double|Boolean)v$/, row: answered },

  { match: /^gl(GetGraphicsResetStatus|IsEnabled)$/, row: answered },
  // Of what kind the name of an attachment is only the attachment's type says.
  {
    match: /^glGet(Named)?FramebufferAttachmentParameteriv(EXT|OES)?$/,
    row: { guest: "generated", host: "custom" },
  },
  // Between the two the driver refuses most of what the guest answers by itself: begin_end.h.
  { match: /^gl(Begin|End)$/, row: observed },
  { match: /^gl(CreateShader|ShaderSource)$/, row: answered },

  // Names that an application chooses itself.
  {
    match: /^glBind(Texture|Framebuffer|Renderbuffer|Buffer|BufferBase|BufferRange)$/,
    row: observed,
  },
  { match: /^glBind(FramebufferEXT|RenderbufferEXT|ProgramARB)$/, row: observed },
  { match: /^gl(BeginQuery|BindMultiTextureEXT)$/, row: observed },

  // Buffers: the guest follows what they hold.
  { match: /^glBindBuffers(Base|Range)$|^glTransformFeedbackBuffer(Base|Range)$/, row: observed },
  {
    match:
      /^glTex(ture)?Buffer(Range)?$|^glCopy(Named)?BufferSubData$|^glNamedCopyBufferSubDataEXT$|^glDeleteBuffers$/,
    row: observed,
  },
  {
    match: /^gl(Named)?Buffer((Sub)?Data|Storage)(EXT)?$/,
    row: { ...answered, args: { data: { kind: "in", count: "size" } } },
  },
  { match: /^glBuffer(Data|Storage)$/, row: { guard: "DataStoreGuard" } },
  {
    match: /^glGetNamedBufferSubData(EXT)?$/,
    row: { guest: "local", why: "It travels as glGetBufferSubData, which also takes a name." },
  },
  {
    match: /^glGetBufferSubData$/,
    row: {
      ...byHand,
      args: { data: opaque },
      wire: {
        // for_the_guest: the application has not asked, so that OpenGL ES has a way too.
        args: {
          offset: "i64",
          size: "i64",
          memory: "range",
          ...target,
          for_the_guest: "u32",
          pad: "u32",
        },
        reply: { written: "u32", pad: "u32" },
        replyTail: "the data, if no range of the heap was named",
      },
    },
  },
  {
    match: /^glMap(Named)?Buffer(Range)?(EXT)?$/,
    row: {
      guest: "local",
      why: "The guest has memory of its own; the driver maps too, by gfGlMapBuffer.",
    },
  },
  { match: /^glUnmap(Named)?Buffer(EXT)?$/, row: answered },
  { match: /^glFlushMapped(Named)?BufferRange(EXT)?$/, row: answered },
  {
    match: /^glGet(Named)?BufferPointerv(EXT)?$/,
    row: { guest: "local", why: "The pointer is the guest's." },
  },
  { match: /^glGet(Named)?BufferParameter(iv|i64v)(EXT)?$/, row: answered },

  {
    match: /^glClear(Named)?Buffer(Sub)?Data(EXT)?$/,
    row: {
      guest: "generated",
      host: "generated",
      observe: true,
      args: { data: { kind: "in", count: "pixel_bytes(format, type)" } },
    },
  },

  // Programs: what they consist of does not change until the next link.
  { match: /^glGet((Uniform|Attrib)Location|Active(Uniform|Attrib))$/, row: answered },
  {
    match: /^glGetProgram(Interfaceiv|Resource(Name|Index|Location|LocationIndex|iv))$/,
    row: answered,
  },
  {
    match:
      /^glGet(ActiveUniform(siv|Name|Block(iv|Name))|Uniform(Indices|BlockIndex)|TransformFeedbackVarying)$/,
    row: answered,
  },
  { match: /^glGet(ActiveAtomicCounterBufferiv|FragData(Location|Index))$/, row: answered },
  {
    match: /^glGet(Active)?Subroutine(Index|Name|Uniform(Location|Name|iv))$/,
    row: answered,
  },
  { match: /^gl(LinkProgram|ProgramBinary|DeleteProgram|DeleteObjectARB)$/, row: observed },
  {
    match: "glGetProgramiv",
    row: {
      ...byHand,
      wire: {
        args: { program: "u32", pname: "u32", wants_all: "u32", pad: "u32" },
        reply: {
          value_count: "u32",
          has_all: "u32",
          names_bytes: "u32",
          counts: "u32[5]",
        },
        replyTail:
          "the values; then, with has_all, struct gf_gl_program_variable for each attribute and uniform, and their names",
      },
    },
  },
  {
    match: "glGetProgramBinary",
    row: {
      ...byHand,
      wire: {
        args: { memory: "range", program: "u32", size: "i32" },
        reply: { length: "i32", format: "u32", written: "u32", pad: "u32" },
        replyTail: "the binary, if no range of the heap was named",
      },
    },
  },

  // Sync objects: a fence has its number from the guest, and a wait is the driver's.
  {
    match: "glFenceSync",
    row: {
      ...byHand,
      point: true,
      wire: { args: { sync: "u64", condition: "u32", flags: "u32" } },
    },
  },
  { match: "glClientWaitSync", row: { ...answered, point: true } },
  { match: "glGetSynciv", row: answered },
  { match: "glDeleteSync", row: { ...byHand, point: true, wire: { args: { sync: "u64" } } } },

  // Results: into the application's memory, or at an offset into the buffer bound for them.
  {
    match: /^glGetQueryObjectu?i(64)?v$/,
    row: {
      ...byHand,
      wire: {
        args: { offset: "u64", id: "u32", pname: "u32" },
        reply: { value: "i64", written: "u32", pad: "u32" },
      },
    },
  },

  // Selection and feedback: what the driver wrote comes with the end of the mode.
  {
    match: /^gl(SelectBuffer|FeedbackBuffer)$/,
    row: {
      ...byHand,
      wire: { args: { size: "i32", type: "u32" }, reply: { accepted: "u32", pad: "u32" } },
    },
  },
  {
    match: "glRenderMode",
    row: {
      ...byHand,
      wire: {
        args: { memory: "range", mode: "u32", pad: "u32" },
        reply: { result: "i32", ended: "u32", words: "u32", pad: "u32" },
        replyTail: "the words, if no range of the heap was named",
      },
    },
  },

  // Debug output.
  { match: /^gl(Enable|Disable)$/, row: { ...observed, host: "custom" } },
  {
    match: "glDebugMessageCallback",
    row: { ...byHand, wire: { args: { has_callback: "u32", pad: "u32" } } },
  },
  {
    match: "glGetDebugMessageLog",
    row: {
      ...byHand,
      wire: {
        args: { count: "u32", text_bytes: "i32", wants_text: "u32", pad: "u32" },
        reply: { count: "u32", text_bytes: "u32" },
        replyTail: "struct gf_gl_message count times, then the texts with their zeros",
      },
    },
  },
  { match: "glGetPointerv", row: { guest: "local", why: "The pointers are the application's." } },
];
