#include "gl/egl/thread.h"

#include "gl/egl/context.h"
#include "gl/export.h"

_Thread_local struct gf_egl_thread gf_egl_thread;

GF_GL_EXPORT EGLint eglGetError(void) {
  const EGLint error = gf_egl_thread.error;
  gf_egl_thread.error = EGL_SUCCESS;
  return error != 0 ? error : EGL_SUCCESS;
}

GF_GL_EXPORT EGLBoolean eglBindAPI(EGLenum api) {
  if (api != EGL_OPENGL_ES_API && api != EGL_OPENGL_API)
    return gf_egl_fail(EGL_BAD_PARAMETER);
  gf_egl_thread.api = api;
  return gf_egl_succeed();
}

GF_GL_EXPORT EGLenum eglQueryAPI(void) { return gf_egl_api(); }

GF_GL_EXPORT EGLBoolean eglReleaseThread(void) {
  gf_egl_release_current();
  gf_egl_thread.api = 0;
  return gf_egl_succeed();
}
