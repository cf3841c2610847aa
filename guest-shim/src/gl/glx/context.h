// GLX's contexts, and which is current on this thread.
#pragma once

#include "gl/context.h"
#include "gl/glx/display.h"

/// What a GLXContext points to.
struct gf_glx_context {
  struct gf_glx_context *next;
  struct gf_gl_context *gl;
  Display *xlib;
  int screen;
  const struct gf_glx_config *config; ///< NULL: made without one (GLX_EXT_no_config_context)
  int render_type;
  XID id;
  XID share_id;
  uint32_t references; ///< atomic: the program, and the thread that has it current
};

struct gf_glx_thread {
  struct gf_glx_context *context;
  Display *xlib;
  XID draw;
  XID read;
};

extern _Thread_local struct gf_glx_thread gf_glx_thread __attribute__((tls_model("initial-exec")));

/// What the handle means; NULL if it was never one, or was destroyed.
struct gf_glx_context *gf_glx_context_find(GLXContext handle);

void gf_glx_context_unref(struct gf_glx_context *context);
