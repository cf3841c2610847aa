#include "gl/egl/proc.h"

#define EGL_EGLEXT_PROTOTYPES
#include <EGL/egl.h>
#include <EGL/eglext.h>

#include "gl/export.h"

// In the order of strcmp.
#define GF_EGL_FUNCTIONS(F)                                                                        \
  F(eglBindAPI)                                                                                    \
  F(eglBindTexImage)                                                                               \
  F(eglChooseConfig)                                                                               \
  F(eglClientWaitSync)                                                                             \
  F(eglClientWaitSyncKHR)                                                                          \
  F(eglCopyBuffers)                                                                                \
  F(eglCreateContext)                                                                              \
  F(eglCreateImage)                                                                                \
  F(eglCreateImageKHR)                                                                             \
  F(eglCreatePbufferFromClientBuffer)                                                              \
  F(eglCreatePbufferSurface)                                                                       \
  F(eglCreatePixmapSurface)                                                                        \
  F(eglCreatePlatformPixmapSurface)                                                                \
  F(eglCreatePlatformPixmapSurfaceEXT)                                                             \
  F(eglCreatePlatformWindowSurface)                                                                \
  F(eglCreatePlatformWindowSurfaceEXT)                                                             \
  F(eglCreateSync)                                                                                 \
  F(eglCreateSyncKHR)                                                                              \
  F(eglCreateWindowSurface)                                                                        \
  F(eglDestroyContext)                                                                             \
  F(eglDestroyImage)                                                                               \
  F(eglDestroyImageKHR)                                                                            \
  F(eglDestroySurface)                                                                             \
  F(eglDestroySync)                                                                                \
  F(eglDestroySyncKHR)                                                                             \
  F(eglGetConfigAttrib)                                                                            \
  F(eglGetConfigs)                                                                                 \
  F(eglGetCurrentContext)                                                                          \
  F(eglGetCurrentDisplay)                                                                          \
  F(eglGetCurrentSurface)                                                                          \
  F(eglGetDisplay)                                                                                 \
  F(eglGetDisplayDriverConfig)                                                                     \
  F(eglGetDisplayDriverName)                                                                       \
  F(eglGetError)                                                                                   \
  F(eglGetPlatformDisplay)                                                                         \
  F(eglGetPlatformDisplayEXT)                                                                      \
  F(eglGetProcAddress)                                                                             \
  F(eglGetSyncAttrib)                                                                              \
  F(eglGetSyncAttribKHR)                                                                           \
  F(eglInitialize)                                                                                 \
  F(eglMakeCurrent)                                                                                \
  F(eglQueryAPI)                                                                                   \
  F(eglQueryContext)                                                                               \
  F(eglQueryDeviceAttribEXT)                                                                       \
  F(eglQueryDeviceStringEXT)                                                                       \
  F(eglQueryDevicesEXT)                                                                            \
  F(eglQueryDisplayAttribEXT)                                                                      \
  F(eglQueryString)                                                                                \
  F(eglQuerySurface)                                                                               \
  F(eglReleaseTexImage)                                                                            \
  F(eglReleaseThread)                                                                              \
  F(eglSurfaceAttrib)                                                                              \
  F(eglSwapBuffers)                                                                                \
  F(eglSwapInterval)                                                                               \
  F(eglTerminate)                                                                                  \
  F(eglWaitClient)                                                                                 \
  F(eglWaitGL)                                                                                     \
  F(eglWaitNative)                                                                                 \
  F(eglWaitSync)                                                                                   \
  F(eglWaitSyncKHR)

static const struct gf_gl_named_proc g_functions[] = {
#define GF_EGL_ENTRY(name) {#name, (gf_gl_proc)name},
    GF_EGL_FUNCTIONS(GF_EGL_ENTRY)
#undef GF_EGL_ENTRY
};

gf_gl_proc gf_egl_proc_of(const char *name) {
  return gf_gl_proc_among(g_functions, sizeof g_functions / sizeof g_functions[0], name);
}

GF_GL_EXPORT __eglMustCastToProperFunctionPointerType eglGetProcAddress(const char *name) {
  return name != NULL ? gf_gl_proc_of(name) : NULL;
}
