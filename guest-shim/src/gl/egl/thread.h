// EGL's state of a thread: the error of its last call, the API it has bound, what is current.
#pragma once

#include <EGL/egl.h>
#include <EGL/eglext.h>

struct gf_egl_context;
struct gf_egl_display;
struct gf_egl_surface;

struct gf_egl_thread {
  EGLint error; ///< 0 is EGL_SUCCESS: a thread starts with zeroes
  EGLenum api;  ///< 0 is EGL_OPENGL_ES_API
  struct gf_egl_display *display;
  struct gf_egl_context *context;
  struct gf_egl_surface *draw;
  struct gf_egl_surface *read;
};

extern _Thread_local struct gf_egl_thread gf_egl_thread __attribute__((tls_model("initial-exec")));

/// Each call ends with one of these: what eglGetError will say, and what the call returns.
static inline EGLBoolean gf_egl_fail(EGLint error) {
  gf_egl_thread.error = error;
  return EGL_FALSE;
}

static inline EGLBoolean gf_egl_succeed(void) {
  gf_egl_thread.error = EGL_SUCCESS;
  return EGL_TRUE;
}

static inline EGLenum gf_egl_api(void) {
  return gf_egl_thread.api != 0 ? gf_egl_thread.api : EGL_OPENGL_ES_API;
}
