// EGLImages: EGL 1.5 has the calls, and no kind of image is offered yet (no EGL_KHR_gl_*_image).
#include "gl/egl/display.h"
#include "gl/export.h"

GF_GL_EXPORT EGLImage eglCreateImage(EGLDisplay handle, EGLContext context, EGLenum target,
                                     EGLClientBuffer buffer, const EGLAttrib *list) {
  (void)context;
  (void)target;
  (void)buffer;
  (void)list;
  if (gf_egl_ready(handle) != NULL)
    gf_egl_fail(EGL_BAD_PARAMETER);
  return EGL_NO_IMAGE;
}

GF_GL_EXPORT EGLBoolean eglDestroyImage(EGLDisplay handle, EGLImage image) {
  (void)image;
  return gf_egl_ready(handle) != NULL ? gf_egl_fail(EGL_BAD_PARAMETER) : EGL_FALSE;
}
