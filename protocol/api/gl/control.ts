/** Calls between the two halves that are no commands of OpenGL: contexts, drawables, presentation, messages. */
import type { Control } from "./model.ts";

export const control: readonly Control[] = [
  { symbol: "gfGlOpen", doc: "What the host's EGL is and can.", anywhere: true },
  { symbol: "gfGlCreateContext", doc: "A context that the guest has numbered.", anywhere: true },
  { symbol: "gfGlDestroyContext", doc: "The number is free again.", anywhere: true },
  {
    symbol: "gfGlCreateDrawable",
    doc: "What a window, pixmap or pbuffer is to OpenGL.",
    anywhere: true,
  },
  { symbol: "gfGlResizeDrawable", doc: "The window has another size.", anywhere: true },
  { symbol: "gfGlDestroyDrawable", doc: "The number is free again.", anywhere: true },
  { symbol: "gfGlMakeCurrent", doc: "What this lane's thread draws with, and to.", anywhere: true },
  { symbol: "gfGlPresent", doc: "Reads a drawable's picture into the heap.", anywhere: true },
  { symbol: "gfGlDraw", doc: "A draw that brings vertices, indices or lists of its own." },
  {
    symbol: "gfGlTexLevel",
    doc: "How large a level of a texture is, for what comes back from it (protocol/gl/tex_image.h).",
    wire: {
      args: { by: "u32", target: "u32", texture: "u32", level: "i32" },
      reply: {
        width: "i32",
        height: "i32",
        depth: "i32",
        compressed_bytes: "i32",
        dimensions: "u32",
        pad: "u32",
      },
    },
  },
  {
    symbol: "gfGlGetTexImage",
    doc: "The commands that read a texture's level back, whole or in part (protocol/gl/tex_image.h).",
    wire: {
      args: {
        pixels: "payload",
        command: "u32",
        target: "u32",
        texture: "u32",
        level: "i32",
        format: "u32",
        type: "u32",
        buf_size: "i32",
        pad: "u32",
        x: "i32",
        y: "i32",
        z: "i32",
        width: "i32",
        height: "i32",
        depth: "i32",
      },
    },
  },
  {
    symbol: "gfGlRaiseError",
    doc: "An error that the guest has found before the command could travel.",
    wire: { args: { error: "u32", pad: "u32" } },
  },
  {
    symbol: "gfGlFetchMessages",
    doc: "Debug messages that the callback has not seen.",
    wire: {
      reply: { count: "u32", text_bytes: "u32" },
      replyTail: "struct gf_gl_message count times, then the texts with their zeros",
    },
  },
  {
    symbol: "gfGlContextFacts",
    doc: "Strings and limits of the current context, or (`only_limits`) values that change; see abi/gl.h.",
    wire: {
      args: { limits: "payload", limit_count: "u32", only_limits: "u32" },
      reply: {
        version: "u32",
        flags: "u32",
        vendor_bytes: "u32",
        renderer_bytes: "u32",
        version_bytes: "u32",
        shading_language_bytes: "u32",
        extensions_bytes: "u32",
        pad: "u32",
      },
      replyTail:
        "limit_count times a count and four values (int32_t), then the texts with their zeros",
    },
  },
  {
    symbol: "gfGlMapBuffer",
    doc: "Maps a buffer in the driver; the guest has memory of its own for it.",
    wire: {
      args: {
        offset: "i64",
        size: "i64",
        contents: "range",
        target: "u32",
        buffer: "u32",
        access: "u32",
        whole: "u32",
      },
      reply: { buffer_bytes: "i64", mapped: "u32", pad: "u32" },
    },
  },
  {
    symbol: "gfGlWriteMapped",
    doc: "What the application wrote into a mapping.",
    wire: { args: { offset: "u64", data: "payload", target: "u32", buffer: "u32" } },
  },
  {
    symbol: "gfGlPinBuffer",
    doc: "Makes a range of the heap a buffer's data store, for mappings that stay.",
    wire: {
      args: { memory: "range", buffer: "u32", bound: "u32" },
      reply: { pinned: "u32", pad: "u32" },
    },
  },
  {
    symbol: "gfGlPinMemory",
    doc: "glBufferData on GL_EXTERNAL_VIRTUAL_MEMORY_BUFFER_AMD: the application's pages are pages of the heap by now.",
    wire: {
      args: {
        pieces: "payload",
        size: "i64",
        inside_bytes: "u32",
        piece_count: "u32",
        usage: "u32",
        pad: "u32",
      },
      reply: { accepted: "u32", pad: "u32" },
    },
  },
  {
    symbol: "gfGlCreateImage",
    doc: "An EGLImage of a texture or renderbuffer, which the guest has numbered.",
    anywhere: true,
    wire: {
      args: {
        image: "u32",
        context: "u32",
        target: "u32",
        object: "u32",
        level: "i32",
        z_offset: "i32",
        attributes: "u32",
        pad: "u32",
      },
      reply: { egl_error: "i32", pad: "u32" },
    },
  },
  {
    symbol: "gfGlBindTexImage",
    doc: "The 2D texture that is bound becomes the drawable's back buffer.",
    wire: { args: { drawable: "u32", has_alpha: "u32" } },
  },
  {
    symbol: "gfGlTexPixmap",
    doc: "The texture that is bound gets an X pixmap's picture: 32-bit BGRA, top row first.",
    wire: {
      args: {
        pixels: "payload",
        target: "u32",
        has_alpha: "u32",
        width: "i32",
        height: "i32",
      },
    },
  },
  {
    symbol: "gfGlDestroyImage",
    doc: "What was made of the image keeps its pixels.",
    anywhere: true,
    wire: { args: { image: "u32", pad: "u32" } },
  },
];
