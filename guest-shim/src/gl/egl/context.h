// EGLContexts, and which is current.
#pragma once

#include "gl/context.h"
#include "gl/egl/config.h"

struct gf_egl_context {
  struct gf_egl_context *next;
  uint32_t references; ///< atomic: the display's list, and the thread that has it current
  struct gf_gl_context *gl;
  const struct gf_egl_config *config; ///< NULL: made without one
  EGLenum api;
  EGLint client_version;
};

/// The display's context of a handle; NULL with EGL_BAD_CONTEXT.
struct gf_egl_context *gf_egl_context(struct gf_egl_display *display, EGLContext handle);

void gf_egl_context_unref(struct gf_egl_context *context);

/// Takes every context from the display's list.
void gf_egl_contexts_give_up(struct gf_egl_display *display);

/// Nothing of EGL's is current on this thread from here on.
void gf_egl_release_current(void);
