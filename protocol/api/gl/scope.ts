/** Which part of the registry gpuferry offers. */
import { MESA_EXTENSIONS } from "./extensions.ts";
import type { Kind, Scope } from "./model.ts";

export const scope: Scope = {
  apis: ["gl", "gles1", "gles2"],
  // The last two are other drivers'.
  extensions: [...MESA_EXTENSIONS, "GL_EXT_semaphore", "GL_EXT_semaphore_fd"],
  withheld: {
    GL_EXT_EGL_image_storage_compression: "The lists of attributes that it extends do not travel.",
    GL_EXT_external_buffer: "The driver would be given pointers into the guest's memory.",
  },
};

/** The registry's classes. Lists are what the driver calls them: their names are computed with, and never shared. */
export const classes: Readonly<Record<string, Kind | null>> = {
  buffer: "buffer",
  "display list": null,
  framebuffer: "framebuffer",
  "program pipeline": "pipeline",
  program: "program",
  query: "query",
  renderbuffer: "renderbuffer",
  sampler: "sampler",
  shader: "program",
  sync: "sync",
  texture: "texture",
  "transform feedback": "transform_feedback",
  "vertex array": "vertex_array",
};
