#include "gl/egl/sync.h"

#include <stdlib.h>

#include "gl/egl/context.h"
#include "gl/export.h"
#include "gl/window/current.h"
#include "gl_api.h"

struct gf_egl_sync {
  struct gf_egl_sync *next;
  struct gf_egl_context *maker; ///< held: its share group is where `fence` means something
  GLsync fence;                 ///< NULL: signalled from the start
  EGLint is_signaled;           ///< once seen
};

static struct gf_egl_sync *find(struct gf_egl_display *display, EGLSync handle) {
  pthread_mutex_lock(&display->mutex);
  struct gf_egl_sync *sync = display->syncs;
  while (sync != NULL && sync != handle)
    sync = sync->next;
  pthread_mutex_unlock(&display->mutex);
  if (sync == NULL)
    gf_egl_fail(EGL_BAD_PARAMETER);
  return sync;
}

/// What a thread had current while it borrows a context.
struct borrowed {
  struct gf_gl_context *context;
  struct gf_gl_drawable *draw, *read;
  struct gf_gl_context *guest;
};

/// Makes a context of the fence's share group current, if none is. EGL lets any thread wait, OpenGL only
/// those with a context. Zero if there is none to be had.
static int borrow(const struct gf_egl_sync *sync, struct borrowed *borrowed) {
  *borrowed = (struct borrowed){.context = gf_gl.context, .draw = gf_gl.draw, .read = gf_gl.read};
  if (gf_gl.context != NULL && gf_gl.context->share == sync->maker->gl->share)
    return 1;
  // OpenGL ES has fences since version 3.
  static const int32_t es_3[] = {EGL_CONTEXT_MAJOR_VERSION, 3};
  struct gf_gl_context_desc desc = {.api = sync->maker->gl->api};
  if (desc.api != GF_GL_API_GL)
    desc = (struct gf_gl_context_desc){desc.api, 1, es_3};
  EGLint error;
  borrowed->guest = gf_gl_context_new(&desc, sync->maker->gl, &error);
  if (borrowed->guest == NULL)
    return 0;
  if (borrowed->draw != NULL)
    gf_gl_drawable_ref(borrowed->draw);
  if (borrowed->read != NULL)
    gf_gl_drawable_ref(borrowed->read);
  return gf_window_make_current(borrowed->guest, NULL, NULL) == EGL_SUCCESS;
}

static void give_back(const struct borrowed *borrowed) {
  if (borrowed->guest == NULL)
    return;
  gf_window_make_current(borrowed->context, borrowed->draw, borrowed->read);
  gf_gl_drawable_unref(borrowed->draw);
  gf_gl_drawable_unref(borrowed->read);
  gf_gl_context_destroy(borrowed->guest);
}

/// NULL where the context has no fences, as in OpenGL ES 1.
static GLsync fence_here(void) {
  if (gf_egl_thread.context->gl->api == GF_GL_API_ES1)
    return NULL;
  return glFenceSync(GL_SYNC_GPU_COMMANDS_COMPLETE, 0);
}

static EGLSync create(EGLDisplay handle, EGLenum type, int has_attributes) {
  struct gf_egl_display *display = gf_egl_ready(handle);
  if (display == NULL)
    return EGL_NO_SYNC;
  if (type != EGL_SYNC_FENCE || has_attributes) {
    gf_egl_fail(EGL_BAD_ATTRIBUTE);
    return EGL_NO_SYNC;
  }
  if (gf_egl_thread.context == NULL || gf_egl_thread.display != display) {
    gf_egl_fail(EGL_BAD_MATCH);
    return EGL_NO_SYNC;
  }
  struct gf_egl_sync *sync = calloc(1, sizeof *sync);
  if (sync == NULL) {
    gf_egl_fail(EGL_BAD_ALLOC);
    return EGL_NO_SYNC;
  }
  if ((sync->fence = fence_here()) == NULL) {
    glFinish();
    sync->is_signaled = 1;
  }
  sync->maker = gf_egl_thread.context;
  __atomic_fetch_add(&sync->maker->references, 1, __ATOMIC_RELAXED);
  pthread_mutex_lock(&display->mutex);
  sync->next = display->syncs;
  display->syncs = sync;
  pthread_mutex_unlock(&display->mutex);
  gf_egl_succeed();
  return sync;
}

static void forget(struct gf_egl_sync *sync) {
  struct borrowed borrowed;
  if (sync->fence != NULL && (gf_gl.context != NULL || !sync->is_signaled)) {
    if (borrow(sync, &borrowed))
      glDeleteSync(sync->fence);
    give_back(&borrowed);
  }
  gf_egl_context_unref(sync->maker);
  free(sync);
}

void gf_egl_syncs_give_up(struct gf_egl_display *display) {
  for (;;) {
    pthread_mutex_lock(&display->mutex);
    struct gf_egl_sync *sync = display->syncs;
    if (sync != NULL)
      display->syncs = sync->next;
    pthread_mutex_unlock(&display->mutex);
    if (sync == NULL)
      return;
    // The share group ends with its contexts, and the fence with it.
    gf_egl_context_unref(sync->maker);
    free(sync);
  }
}

GF_GL_EXPORT EGLSync eglCreateSync(EGLDisplay display, EGLenum type, const EGLAttrib *list) {
  return create(display, type, list != NULL && list[0] != EGL_NONE);
}

GF_GL_EXPORT EGLSyncKHR eglCreateSyncKHR(EGLDisplay display, EGLenum type, const EGLint *list) {
  return create(display, type, list != NULL && list[0] != EGL_NONE);
}

GF_GL_EXPORT EGLBoolean eglDestroySync(EGLDisplay handle, EGLSync sync_handle) {
  struct gf_egl_display *display = gf_egl_ready(handle);
  struct gf_egl_sync *sync = display != NULL ? find(display, sync_handle) : NULL;
  if (sync == NULL)
    return EGL_FALSE;
  pthread_mutex_lock(&display->mutex);
  struct gf_egl_sync **at = &display->syncs;
  while (*at != NULL && *at != sync)
    at = &(*at)->next;
  const int was_there = *at != NULL;
  if (was_there)
    *at = sync->next;
  pthread_mutex_unlock(&display->mutex);
  if (was_there)
    forget(sync);
  return gf_egl_succeed();
}

GF_GL_EXPORT EGLint eglClientWaitSync(EGLDisplay handle, EGLSync sync_handle, EGLint flags,
                                      EGLTime timeout_ns) {
  struct gf_egl_display *display = gf_egl_ready(handle);
  struct gf_egl_sync *sync = display != NULL ? find(display, sync_handle) : NULL;
  if (sync == NULL)
    return EGL_FALSE;
  gf_egl_succeed();
  if (sync->is_signaled)
    return EGL_CONDITION_SATISFIED;
  struct borrowed borrowed;
  GLenum status = GL_WAIT_FAILED;
  if (borrow(sync, &borrowed))
    status = glClientWaitSync(sync->fence,
                              flags & EGL_SYNC_FLUSH_COMMANDS_BIT ? GL_SYNC_FLUSH_COMMANDS_BIT : 0,
                              timeout_ns);
  give_back(&borrowed);
  switch (status) {
  case GL_ALREADY_SIGNALED:
  case GL_CONDITION_SATISFIED:
    sync->is_signaled = 1;
    return EGL_CONDITION_SATISFIED;
  case GL_TIMEOUT_EXPIRED:
    return EGL_TIMEOUT_EXPIRED;
  default:
    return gf_egl_fail(EGL_BAD_ALLOC);
  }
}

GF_GL_EXPORT EGLBoolean eglWaitSync(EGLDisplay handle, EGLSync sync_handle, EGLint flags) {
  struct gf_egl_display *display = gf_egl_ready(handle);
  struct gf_egl_sync *sync = display != NULL ? find(display, sync_handle) : NULL;
  if (sync == NULL)
    return EGL_FALSE;
  if (gf_egl_thread.context == NULL)
    return gf_egl_fail(EGL_BAD_MATCH);
  if (flags != 0)
    return gf_egl_fail(EGL_BAD_PARAMETER);
  if (gf_gl.context->share == sync->maker->gl->share)
    glWaitSync(sync->fence, 0, GL_TIMEOUT_IGNORED);
  else // of another group: OpenGL has no server-side wait across them
    return eglClientWaitSync(handle, sync_handle, 0, EGL_FOREVER) == EGL_CONDITION_SATISFIED;
  return gf_egl_succeed();
}

GF_GL_EXPORT EGLBoolean eglGetSyncAttrib(EGLDisplay handle, EGLSync sync_handle, EGLint name,
                                         EGLAttrib *value) {
  struct gf_egl_display *display = gf_egl_ready(handle);
  struct gf_egl_sync *sync = display != NULL ? find(display, sync_handle) : NULL;
  if (sync == NULL)
    return EGL_FALSE;
  if (value == NULL)
    return gf_egl_fail(EGL_BAD_PARAMETER);
  switch (name) {
  case EGL_SYNC_TYPE:
    *value = EGL_SYNC_FENCE;
    break;
  case EGL_SYNC_CONDITION:
    *value = EGL_SYNC_PRIOR_COMMANDS_COMPLETE;
    break;
  case EGL_SYNC_STATUS:
    eglClientWaitSync(handle, sync_handle, 0, 0);
    *value = sync->is_signaled ? EGL_SIGNALED : EGL_UNSIGNALED;
    break;
  default:
    return gf_egl_fail(EGL_BAD_ATTRIBUTE);
  }
  return gf_egl_succeed();
}

GF_GL_EXPORT EGLBoolean eglDestroySyncKHR(EGLDisplay display, EGLSyncKHR sync) {
  return eglDestroySync(display, sync);
}

GF_GL_EXPORT EGLint eglClientWaitSyncKHR(EGLDisplay display, EGLSyncKHR sync, EGLint flags,
                                         EGLTimeKHR timeout_ns) {
  return eglClientWaitSync(display, sync, flags, timeout_ns);
}

GF_GL_EXPORT EGLint eglWaitSyncKHR(EGLDisplay display, EGLSyncKHR sync, EGLint flags) {
  return (EGLint)eglWaitSync(display, sync, flags);
}

GF_GL_EXPORT EGLBoolean eglGetSyncAttribKHR(EGLDisplay display, EGLSyncKHR sync, EGLint name,
                                            EGLint *value) {
  if (value == NULL)
    return gf_egl_fail(EGL_BAD_PARAMETER);
  EGLAttrib wide;
  if (!eglGetSyncAttrib(display, sync, name, &wide))
    return EGL_FALSE;
  *value = (EGLint)wide;
  return EGL_TRUE;
}
