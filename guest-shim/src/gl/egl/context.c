#include "gl/egl/context.h"

#include <stdlib.h>

#include "gl/export.h"

struct gf_egl_context *gf_egl_context(struct gf_egl_display *display, EGLContext handle) {
  pthread_mutex_lock(&display->mutex);
  struct gf_egl_context *context = display->contexts;
  while (context != NULL && context != handle)
    context = context->next;
  pthread_mutex_unlock(&display->mutex);
  if (context == NULL)
    gf_egl_fail(EGL_BAD_CONTEXT);
  return context;
}

void gf_egl_context_unref(struct gf_egl_context *context) {
  if (context != NULL && __atomic_sub_fetch(&context->references, 1, __ATOMIC_ACQ_REL) == 0)
    free(context);
}

static void give_up(struct gf_egl_context *context) {
  gf_gl_context_destroy(context->gl);
  gf_egl_context_unref(context);
}

void gf_egl_contexts_give_up(struct gf_egl_display *display) {
  for (;;) {
    pthread_mutex_lock(&display->mutex);
    struct gf_egl_context *context = display->contexts;
    if (context != NULL)
      display->contexts = context->next;
    pthread_mutex_unlock(&display->mutex);
    if (context == NULL)
      return;
    give_up(context);
  }
}

/// What there is about a list of attributes to know before it travels.
struct wishes {
  uint32_t count; ///< pairs
  EGLint major;   ///< the version asked for: what tells ES 1 from ES 2
};

/// Walks the list as far as its attributes are known: one that is not need not be half of a pair. Zero if
/// there is one.
static int read_list(const EGLint *list, struct wishes *wishes) {
  *wishes = (struct wishes){.major = 1};
  for (; list != NULL && list[0] != EGL_NONE; list += 2, wishes->count++) {
    switch (list[0]) {
    case EGL_CONTEXT_MAJOR_VERSION: // also EGL_CONTEXT_CLIENT_VERSION
      wishes->major = list[1];
      break;
    case EGL_CONTEXT_MINOR_VERSION:
    case EGL_CONTEXT_FLAGS_KHR:
    case EGL_CONTEXT_OPENGL_PROFILE_MASK:
    case EGL_CONTEXT_OPENGL_DEBUG:
    case EGL_CONTEXT_OPENGL_FORWARD_COMPATIBLE:
    case EGL_CONTEXT_OPENGL_ROBUST_ACCESS:
    case EGL_CONTEXT_OPENGL_ROBUST_ACCESS_EXT:
    case EGL_CONTEXT_OPENGL_RESET_NOTIFICATION_STRATEGY:
    case EGL_CONTEXT_OPENGL_RESET_NOTIFICATION_STRATEGY_EXT:
    case EGL_CONTEXT_OPENGL_NO_ERROR_KHR:
    case EGL_CONTEXT_RELEASE_BEHAVIOR_KHR:
      break;
    default:
      return 0;
    }
  }
  return 1;
}

/// The bit of EGL_RENDERABLE_TYPE that a config must have for contexts of this kind.
static EGLint renderable_bit(EGLenum api, EGLint major) {
  if (api == EGL_OPENGL_API)
    return EGL_OPENGL_BIT;
  return major == 1 ? EGL_OPENGL_ES_BIT : major == 2 ? EGL_OPENGL_ES2_BIT : EGL_OPENGL_ES3_BIT;
}

GF_GL_EXPORT EGLContext eglCreateContext(EGLDisplay handle, EGLConfig config_handle,
                                         EGLContext share_handle, const EGLint *list) {
  struct gf_egl_display *display = gf_egl_ready(handle);
  if (display == NULL)
    return EGL_NO_CONTEXT;
  const struct gf_egl_config *config = NULL;
  if (config_handle != EGL_NO_CONFIG_KHR &&
      (config = gf_egl_config(display, config_handle)) == NULL)
    return EGL_NO_CONTEXT;
  struct gf_egl_context *share = NULL;
  if (share_handle != EGL_NO_CONTEXT && (share = gf_egl_context(display, share_handle)) == NULL)
    return EGL_NO_CONTEXT;
  const EGLenum api = gf_egl_api();
  struct wishes wishes;
  if (!read_list(list, &wishes)) {
    gf_egl_fail(EGL_BAD_ATTRIBUTE);
    return EGL_NO_CONTEXT;
  }
  const EGLint major = wishes.major;
  EGLint error = EGL_SUCCESS;
  if (config != NULL && (config->renderable_type & renderable_bit(api, major)) == 0)
    error = EGL_BAD_CONFIG;
  const struct gf_gl_context_desc desc = {
      .api = api == EGL_OPENGL_API ? GF_GL_API_GL
             : major == 1          ? GF_GL_API_ES1
                                   : GF_GL_API_ES2,
      .attribute_count = wishes.count,
      .attributes = list,
  };
  struct gf_egl_context *context = calloc(1, sizeof *context);
  if (context == NULL)
    error = EGL_BAD_ALLOC;
  else if (error == EGL_SUCCESS)
    context->gl = gf_gl_context_new(&desc, share != NULL ? share->gl : NULL, &error);
  if (context == NULL || context->gl == NULL) {
    free(context);
    gf_egl_fail(error != EGL_SUCCESS ? error : EGL_BAD_ALLOC);
    return EGL_NO_CONTEXT;
  }
  context->references = 1;
  context->config = config;
  context->api = api;
  context->client_version = major;
  pthread_mutex_lock(&display->mutex);
  context->next = display->contexts;
  display->contexts = context;
  pthread_mutex_unlock(&display->mutex);
  gf_egl_succeed();
  return context;
}

GF_GL_EXPORT EGLBoolean eglDestroyContext(EGLDisplay handle, EGLContext context_handle) {
  struct gf_egl_display *display = gf_egl_ready(handle);
  struct gf_egl_context *context = display != NULL ? gf_egl_context(display, context_handle) : NULL;
  if (context == NULL)
    return EGL_FALSE;
  pthread_mutex_lock(&display->mutex);
  struct gf_egl_context **at = &display->contexts;
  while (*at != NULL && *at != context)
    at = &(*at)->next;
  const int was_there = *at != NULL;
  if (was_there)
    *at = context->next;
  pthread_mutex_unlock(&display->mutex);
  if (was_there)
    give_up(context);
  return gf_egl_succeed();
}

GF_GL_EXPORT EGLBoolean eglQueryContext(EGLDisplay handle, EGLContext context_handle, EGLint name,
                                        EGLint *value) {
  struct gf_egl_display *display = gf_egl_ready(handle);
  const struct gf_egl_context *context =
      display != NULL ? gf_egl_context(display, context_handle) : NULL;
  if (context == NULL)
    return EGL_FALSE;
  if (value == NULL)
    return gf_egl_fail(EGL_BAD_PARAMETER);
  switch (name) {
  case EGL_CONFIG_ID:
    *value = context->config != NULL ? context->config->config_id : 0;
    return gf_egl_succeed();
  case EGL_CONTEXT_CLIENT_TYPE:
    *value = (EGLint)context->api;
    return gf_egl_succeed();
  case EGL_CONTEXT_CLIENT_VERSION:
    *value = context->client_version;
    return gf_egl_succeed();
  case EGL_RENDER_BUFFER:
    *value = EGL_NONE;
    if (gf_egl_thread.context == context && gf_egl_thread.draw != NULL)
      return eglQuerySurface(handle, gf_egl_thread.draw, EGL_RENDER_BUFFER, value);
    return gf_egl_succeed();
  default:
    return gf_egl_fail(EGL_BAD_ATTRIBUTE);
  }
}
