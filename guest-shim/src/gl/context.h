// Contexts and share groups as the guest keeps them: names, what is known without asking, and which
// thread has which context.
//
// A context is current on one thread at most, and only that thread touches it; its share group is used
// by several at once. A destroyed context lives on while it is current, a group while a context does.
#pragma once

#include <pthread.h>
#include <stdint.h>

#include "abi/gl.h"
#include "gl/buffer.h"
#include "gl/client_state.h"
#include "gl/names.h"
#include "gl/thread.h"

struct gf_gl_facts; // strings, extensions, limits: facts.h
struct gf_gl_debug; // callback and messages: debug.c
struct gf_gl_drawable;
struct gf_gl_introspection;
struct gf_gl_modes;
struct gf_gl_programs;
struct gf_gl_state;

/// What glX or EGL asks for; see gf_gl_gfGlCreateContext_args.
struct gf_gl_context_desc {
  uint32_t api;              ///< GF_GL_API_*
  uint32_t attribute_count;  ///< pairs
  const int32_t *attributes; ///< EGL's, without the ending EGL_NONE
};

/// Contexts that share objects.
struct gf_gl_share {
  pthread_mutex_t mutex;
  uint32_t references;
  struct gf_gl_names names[GF_GL_KIND_COUNT]; ///< those that gf_gl_kind_is_shared()
  struct gf_gl_buffers *buffers;              ///< made on first use
  struct gf_gl_programs *programs;            ///< made on first use
  struct gf_gl_introspection *introspection;  ///< made on first use
};

/// A string that glGetString gave out.
struct gf_gl_text {
  struct gf_gl_text *next;
  char text[];
};

struct gf_gl_context {
  uint32_t id;       ///< the session's number for it
  uint32_t api;      ///< GF_GL_API_*
  int is_current;    ///< on some thread; under the lock of context.c
  uint32_t version;  ///< 10 × major + minor as the driver says; 0 until it was current first
  int is_core;       ///< names must come from glGen*
  int may_be_inside; ///< glBegin was sent and glEnd was not: begin_end.h
  int is_robust;     ///< GL_LOSE_CONTEXT_ON_RESET was asked for
  int destroyed;
  uint32_t generation; ///< gf_session_generation it belongs to
  struct gf_gl_share *share;
  struct gf_gl_names names[GF_GL_KIND_COUNT]; ///< those that are not shared
  struct gf_gl_facts *facts;                  ///< made when the context is current first
  struct gf_client_state client; ///< vertex arrays, pixel storage, buffers bound for them
  uint32_t bound_buffers[GF_GL_BUFFER_TARGETS]; ///< by buffer_target(): buffer.h
  struct gf_gl_debug *debug;                    ///< NULL until there is a callback
  struct gf_gl_lane *no_error_lane; ///< where glGetError last said GL_NO_ERROR; NULL: nowhere
  uint64_t no_error_at;             ///< that lane's head then
  struct gf_gl_text *texts;
  struct gf_gl_state *state; ///< NULL until somebody has asked: state.h
  struct gf_gl_modes *modes; ///< NULL until there is a selection or feedback buffer
};

/// Whether names of this kind belong to the share group; else each context has its own.
static inline int gf_gl_kind_is_shared(enum gf_gl_kind kind) {
  switch (kind) {
  case GF_GL_KIND_FRAMEBUFFER:
  case GF_GL_KIND_QUERY:
  case GF_GL_KIND_VERTEX_ARRAY:
  case GF_GL_KIND_TRANSFORM_FEEDBACK:
  case GF_GL_KIND_PIPELINE:
  case GF_GL_KIND_PERF_MONITOR:
  case GF_GL_KIND_PERF_QUERY:
    return 0;
  default:
    return 1;
  }
}

/// Makes a context on the host. NULL with `*egl_error` set to what the host's EGL says, or to
/// EGL_CONTEXT_LOST or EGL_BAD_ALLOC where it could not be asked.
struct gf_gl_context *gf_gl_context_new(const struct gf_gl_context_desc *desc,
                                        struct gf_gl_context *share, int32_t *egl_error);

/// The application destroys it: at once, or when it is no longer current.
void gf_gl_context_destroy(struct gf_gl_context *context);

/// Makes `context` (or none) current on this thread, with the drawables of these numbers, or 0. What keeps
/// the drawables alive is window/current.c. EGL_SUCCESS, EGL_BAD_ACCESS when it is current on another
/// thread, or the host's error; then nothing has changed.
int32_t gf_gl_make_current(struct gf_gl_context *context, uint32_t draw, uint32_t read);

/// Of the current context, which there must be.
struct gf_client_state *gf_gl_client_state(void);
