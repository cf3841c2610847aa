#include "gl/context.h"

#include <EGL/egl.h>
#include <EGL/eglext.h>
#include <stdlib.h>
#include <string.h>

#include "gl/buffer.h"
#include "gl/debug.h"
#include "gl/facts.h"
#include "gl/introspection.h"
#include "gl/modes.h"
#include "gl/program.h"
#include "gl/state.h"
#include "gl/stub.h"
#include "session/session.h"

// Guards what several threads may ask of one context: whether it is current, whether it is destroyed.
static pthread_mutex_t g_mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_once_t g_once = PTHREAD_ONCE_INIT;
static struct gf_gl_names g_ids;

// The contexts that a forked child inherits are the parent's; those that it makes have numbers of a new
// session.
static void forget_ids(void) {
  pthread_mutex_init(&g_mutex, NULL);
  gf_gl_names_init(&g_ids, 0);
}

static void begin(void) {
  gf_gl_names_init(&g_ids, 0);
  gf_session_on_fork_child(forget_ids);
}

static void init_names(struct gf_gl_names *names) {
  // A deleted program lives on while it is in use, and so does its name.
  for (int kind = 0; kind < GF_GL_KIND_COUNT; kind++)
    gf_gl_names_init(&names[kind], kind == GF_GL_KIND_PROGRAM);
}

static void end_names(struct gf_gl_names *names) {
  for (int kind = 0; kind < GF_GL_KIND_COUNT; kind++)
    gf_gl_names_end(&names[kind]);
}

static struct gf_gl_share *share_new(void) {
  struct gf_gl_share *share = calloc(1, sizeof *share);
  if (share == NULL)
    return NULL;
  pthread_mutex_init(&share->mutex, NULL);
  init_names(share->names);
  share->references = 1;
  return share;
}

static void share_release(struct gf_gl_share *share) {
  if (share == NULL || __atomic_sub_fetch(&share->references, 1, __ATOMIC_ACQ_REL) != 0)
    return;
  gf_gl_buffers_free(share->buffers);
  gf_gl_programs_free(share->programs);
  gf_gl_introspection_free(share->introspection);
  end_names(share->names);
  pthread_mutex_destroy(&share->mutex);
  free(share);
}

static void context_free(struct gf_gl_context *context) {
  gf_gl_facts_free(context->facts);
  gf_client_state_free(&context->client);
  gf_gl_debug_free(context->debug);
  gf_gl_modes_free(context->modes);
  gf_gl_state_free(context->state);
  while (context->texts != NULL) {
    struct gf_gl_text *next = context->texts->next;
    free(context->texts);
    context->texts = next;
  }
  end_names(context->names);
  share_release(context->share);
  free(context);
}

static int32_t attribute(const struct gf_gl_context_desc *desc, int32_t name, int32_t otherwise) {
  for (uint32_t i = 0; i < desc->attribute_count; i++) {
    if (desc->attributes[2 * i] == name)
      return desc->attributes[2 * i + 1];
  }
  return otherwise;
}

static struct gf_gl_context *allocate(const struct gf_gl_context_desc *desc,
                                      struct gf_gl_context *share) {
  struct gf_gl_context *context = calloc(1, sizeof *context);
  if (context == NULL)
    return NULL;
  init_names(context->names);
  context->api = desc->api;
  context->generation = gf_session_generation;
  context->is_robust = attribute(desc, EGL_CONTEXT_OPENGL_RESET_NOTIFICATION_STRATEGY,
                                 attribute(desc, EGL_CONTEXT_OPENGL_RESET_NOTIFICATION_STRATEGY_EXT,
                                           EGL_NO_RESET_NOTIFICATION)) == EGL_LOSE_CONTEXT_ON_RESET;
  if (share != NULL) {
    context->share = share->share;
    __atomic_add_fetch(&share->share->references, 1, __ATOMIC_RELAXED);
  } else {
    context->share = share_new();
  }
  gf_client_state_init(&context->client, 0);
  if (context->share == NULL) {
    context_free(context);
    return NULL;
  }
  return context;
}

static int32_t create_on_host(struct gf_gl_lane *lane, const struct gf_gl_context *context,
                              const struct gf_gl_context_desc *desc,
                              const struct gf_gl_context *share) {
  const uint64_t list_bytes = (uint64_t)desc->attribute_count * 2 * sizeof(int32_t);
  struct gf_gl_gfGlCreateContext_args *args =
      gf_gl_begin(lane, GF_GL_OP_gfGlCreateContext, sizeof *args + list_bytes);
  *args = (struct gf_gl_gfGlCreateContext_args){.context = context->id,
                                                .share = share != NULL ? share->id : 0,
                                                .api = desc->api,
                                                .attribute_count = desc->attribute_count};
  if (list_bytes > 0)
    memcpy(args + 1, desc->attributes, list_bytes);
  const void *data;
  if (gf_gl_call_point(lane, &data, sizeof(struct gf_gl_gfGlCreateContext_reply)) != 0)
    return EGL_CONTEXT_LOST;
  return ((const struct gf_gl_gfGlCreateContext_reply *)data)->egl_error;
}

struct gf_gl_context *gf_gl_context_new(const struct gf_gl_context_desc *desc,
                                        struct gf_gl_context *share, int32_t *egl_error) {
  pthread_once(&g_once, begin);
  struct gf_gl_lane *lane = gf_gl_thread_lane();
  *egl_error = EGL_CONTEXT_LOST;
  if (lane == NULL || (share != NULL && share->generation != gf_session_generation))
    return NULL;
  struct gf_gl_context *context = allocate(desc, share);
  if (context == NULL || (context->id = gf_gl_names_take_row(&g_ids, 1)) == 0) {
    *egl_error = EGL_BAD_ALLOC;
    if (context != NULL)
      context_free(context);
    return NULL;
  }
  *egl_error = create_on_host(lane, context, desc, share);
  if (*egl_error == EGL_SUCCESS)
    return context;
  gf_gl_names_release(&g_ids, context->id);
  context_free(context);
  return NULL;
}

/// Nobody has it current and nobody will: the host forgets it too.
static void end_context(struct gf_gl_context *context) {
  struct gf_gl_lane *lane =
      context->generation == gf_session_generation ? gf_gl_thread_lane() : NULL;
  if (lane != NULL) {
    struct gf_gl_gfGlDestroyContext_args *args =
        gf_gl_begin(lane, GF_GL_OP_gfGlDestroyContext, sizeof *args);
    *args = (struct gf_gl_gfGlDestroyContext_args){.context = context->id};
    // What the driver reads of the application's memory it has read then.
    if (gf_gl_buffers_hold_pages(context->share->buffers))
      gf_gl_call_point(lane, NULL, 0);
    else
      gf_gl_post_point(lane);
    gf_gl_names_release(&g_ids, context->id);
  }
  context_free(context);
}

void gf_gl_context_destroy(struct gf_gl_context *context) {
  pthread_mutex_lock(&g_mutex);
  const int ends = !context->is_current;
  context->destroyed = 1;
  pthread_mutex_unlock(&g_mutex);
  if (ends)
    end_context(context);
}

/// Lets go of the context that this thread had.
static void leave(struct gf_gl_context *context) {
  pthread_mutex_lock(&g_mutex);
  context->is_current = 0;
  const int ends = context->destroyed;
  pthread_mutex_unlock(&g_mutex);
  if (ends)
    end_context(context);
}

/// 0, or -1 when another thread has it.
static int claim(struct gf_gl_context *context) {
  pthread_mutex_lock(&g_mutex);
  const int taken = context->is_current;
  context->is_current = 1;
  pthread_mutex_unlock(&g_mutex);
  return taken ? -1 : 0;
}

/// The host is asked whether it went well when the context is current first; after that nothing can be
/// wrong that is not wrong here too.
static int32_t tell_host(struct gf_gl_lane *lane, const struct gf_gl_context *context,
                         uint32_t draw, uint32_t read) {
  struct gf_gl_gfGlMakeCurrent_args *args =
      gf_gl_begin(lane, GF_GL_OP_gfGlMakeCurrent, sizeof *args);
  *args = (struct gf_gl_gfGlMakeCurrent_args){
      .context = context != NULL ? context->id : 0, .draw = draw, .read = read};
  if (context == NULL || context->facts != NULL) {
    gf_gl_post_point(lane);
    return EGL_SUCCESS;
  }
  const void *data;
  if (gf_gl_call_point(lane, &data, sizeof(struct gf_gl_gfGlMakeCurrent_reply)) != 0)
    return EGL_CONTEXT_LOST;
  return ((const struct gf_gl_gfGlMakeCurrent_reply *)data)->egl_error;
}

/// The thread's context is another one from here on, or none.
static void take_up(struct gf_gl_context *context, struct gf_gl_lane *lane, uint32_t draw,
                    uint32_t read) {
  struct gf_gl_context *before = gf_gl.context;
  gf_gl.context = context;
  gf_gl.current = context != NULL ? lane : NULL;
  gf_gl.draw_id = draw;
  gf_gl.read_id = read;
  if (before != NULL && before != context)
    leave(before);
}

int32_t gf_gl_make_current(struct gf_gl_context *context, uint32_t draw, uint32_t read) {
  struct gf_gl_context *before = gf_gl.context;
  if (context == NULL && before == NULL)
    return EGL_SUCCESS;
  if (context == before && draw == gf_gl.draw_id && read == gf_gl.read_id)
    return EGL_SUCCESS;
  struct gf_gl_lane *lane = gf_gl_thread_lane();
  if (lane == NULL && context == NULL) { // a lost context may be let go of
    take_up(NULL, NULL, 0, 0);
    return EGL_SUCCESS;
  }
  if (lane == NULL || (context != NULL && context->generation != gf_session_generation))
    return EGL_CONTEXT_LOST;
  if (context != NULL && context != before && claim(context) != 0)
    return EGL_BAD_ACCESS;
  int32_t error = tell_host(lane, context, draw, read);
  if (error == EGL_SUCCESS && context != NULL && context->facts == NULL)
    error = gf_gl_facts_fetch(lane, context) == 0 ? EGL_SUCCESS : EGL_CONTEXT_LOST;
  if (error != EGL_SUCCESS) {
    if (context != NULL && context != before)
      leave(context);
    return error;
  }
  take_up(context, lane, draw, read);
  lane->each_call_waits = context != NULL && gf_gl_debug_is_synchronous(context->debug);
  lane->publish_at = 0;
  lane->changes++;
  return EGL_SUCCESS;
}

struct gf_client_state *gf_gl_client_state(void) { return &gf_gl.context->client; }
