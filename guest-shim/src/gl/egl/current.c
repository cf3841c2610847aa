#include "gl/egl/current.h"

#include "gl/egl/context.h"
#include "gl/egl/surface.h"
#include "gl/export.h"
#include "gl/glx/current.h"
#include "gl/window/current.h"
#include "gl_api.h"

void gf_egl_forget_current(void) {
  struct gf_egl_thread *thread = &gf_egl_thread;
  struct gf_egl_context *context = thread->context;
  struct gf_egl_surface *draw = thread->draw, *read = thread->read;
  thread->display = NULL;
  thread->context = NULL;
  thread->draw = thread->read = NULL;
  gf_egl_context_unref(context);
  gf_egl_surface_unref(draw);
  gf_egl_surface_unref(read);
}

void gf_egl_release_current(void) {
  if (gf_egl_thread.context == NULL)
    return;
  gf_window_make_current(NULL, NULL, NULL);
  gf_egl_forget_current();
}

/// A surface and a context go together where their colours do; without a config, a context takes any.
static int fits(const struct gf_egl_context *context, const struct gf_egl_surface *surface) {
  const struct gf_egl_config *a = context->config, *b = surface->config;
  return a == NULL || a == b || (a->red == b->red && a->green == b->green && a->blue == b->blue);
}

static EGLBoolean release(struct gf_egl_display *display, EGLSurface draw, EGLSurface read) {
  if (draw != EGL_NO_SURFACE || read != EGL_NO_SURFACE)
    return gf_egl_fail(EGL_BAD_MATCH);
  (void)display;
  gf_egl_release_current();
  return gf_egl_succeed();
}

GF_GL_EXPORT EGLBoolean eglMakeCurrent(EGLDisplay handle, EGLSurface draw_handle,
                                       EGLSurface read_handle, EGLContext context_handle) {
  struct gf_egl_display *display = gf_egl_display(handle);
  if (display == NULL)
    return EGL_FALSE;
  if (context_handle == EGL_NO_CONTEXT) // which a terminated display allows as well
    return release(display, draw_handle, read_handle);
  if (gf_egl_ready(handle) == NULL)
    return EGL_FALSE;
  struct gf_egl_thread *thread = &gf_egl_thread;
  struct gf_egl_context *context = gf_egl_context(display, context_handle);
  if (context == NULL)
    return EGL_FALSE;
  struct gf_egl_surface *draw = NULL, *read = NULL;
  if (draw_handle != EGL_NO_SURFACE && (draw = gf_egl_surface(display, draw_handle)) == NULL)
    return EGL_FALSE;
  if (read_handle != EGL_NO_SURFACE && (read = gf_egl_surface(display, read_handle)) == NULL)
    return EGL_FALSE;
  if ((draw == NULL) != (read == NULL) ||
      (draw != NULL && (!fits(context, draw) || !fits(context, read))))
    return gf_egl_fail(EGL_BAD_MATCH);
  if (context == thread->context && draw == thread->draw && read == thread->read) {
    if (draw != NULL) // nothing changes but, perhaps, the window's size
      gf_gl_drawable_follow(draw->drawable, 0);
    return gf_egl_succeed();
  }
  const EGLint error = gf_window_make_current(context->gl, draw != NULL ? draw->drawable : NULL,
                                              read != NULL ? read->drawable : NULL);
  if (error != EGL_SUCCESS)
    return gf_egl_fail(error);
  __atomic_fetch_add(&context->references, 1, __ATOMIC_RELAXED);
  if (draw != NULL) {
    __atomic_fetch_add(&draw->references, 1, __ATOMIC_RELAXED);
    __atomic_fetch_add(&read->references, 1, __ATOMIC_RELAXED);
  }
  gf_glx_forget_current();
  gf_egl_forget_current();
  thread->display = display;
  thread->context = context;
  thread->draw = draw;
  thread->read = read;
  return gf_egl_succeed();
}

GF_GL_EXPORT EGLContext eglGetCurrentContext(void) {
  gf_egl_succeed();
  return gf_egl_thread.context;
}

GF_GL_EXPORT EGLDisplay eglGetCurrentDisplay(void) {
  gf_egl_succeed();
  return gf_egl_thread.display;
}

GF_GL_EXPORT EGLSurface eglGetCurrentSurface(EGLint which) {
  if (which != EGL_DRAW && which != EGL_READ) {
    gf_egl_fail(EGL_BAD_PARAMETER);
    return EGL_NO_SURFACE;
  }
  gf_egl_succeed();
  return which == EGL_DRAW ? gf_egl_thread.draw : gf_egl_thread.read;
}

GF_GL_EXPORT EGLBoolean eglWaitClient(void) {
  if (gf_egl_thread.context != NULL)
    glFinish();
  return gf_egl_succeed();
}

GF_GL_EXPORT EGLBoolean eglWaitGL(void) { return eglWaitClient(); }

GF_GL_EXPORT EGLBoolean eglWaitNative(EGLint engine) {
  if (engine != EGL_CORE_NATIVE_ENGINE)
    return gf_egl_fail(EGL_BAD_PARAMETER);
  const struct gf_egl_display *display = gf_egl_thread.display;
  if (display != NULL && display->x != NULL && display->x->xlib != NULL)
    gf_x.XSync(display->x->xlib, False);
  return gf_egl_succeed();
}
