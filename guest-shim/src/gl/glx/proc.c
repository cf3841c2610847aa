#define GLX_GLXEXT_PROTOTYPES
#include "gl/glx/proc.h"

#include <GL/glx.h>
#include <GL/glxext.h>

#include "gl/export.h"

// In the order of strcmp.
#define GF_GLX_FUNCTIONS(F)                                                                        \
  F(glXBindTexImageEXT)                                                                            \
  F(glXChooseFBConfig)                                                                             \
  F(glXChooseFBConfigSGIX)                                                                         \
  F(glXChooseVisual)                                                                               \
  F(glXCopyContext)                                                                                \
  F(glXCopySubBufferMESA)                                                                          \
  F(glXCreateContext)                                                                              \
  F(glXCreateContextAttribsARB)                                                                    \
  F(glXCreateContextWithConfigSGIX)                                                                \
  F(glXCreateGLXPbufferSGIX)                                                                       \
  F(glXCreateGLXPixmap)                                                                            \
  F(glXCreateGLXPixmapWithConfigSGIX)                                                              \
  F(glXCreateNewContext)                                                                           \
  F(glXCreatePbuffer)                                                                              \
  F(glXCreatePixmap)                                                                               \
  F(glXCreateWindow)                                                                               \
  F(glXDestroyContext)                                                                             \
  F(glXDestroyGLXPbufferSGIX)                                                                      \
  F(glXDestroyGLXPixmap)                                                                           \
  F(glXDestroyPbuffer)                                                                             \
  F(glXDestroyPixmap)                                                                              \
  F(glXDestroyWindow)                                                                              \
  F(glXGetClientString)                                                                            \
  F(glXGetConfig)                                                                                  \
  F(glXGetContextIDEXT)                                                                            \
  F(glXGetCurrentContext)                                                                          \
  F(glXGetCurrentDisplay)                                                                          \
  F(glXGetCurrentDisplayEXT)                                                                       \
  F(glXGetCurrentDrawable)                                                                         \
  F(glXGetCurrentReadDrawable)                                                                     \
  F(glXGetCurrentReadDrawableSGI)                                                                  \
  F(glXGetFBConfigAttrib)                                                                          \
  F(glXGetFBConfigAttribSGIX)                                                                      \
  F(glXGetFBConfigFromVisualSGIX)                                                                  \
  F(glXGetFBConfigs)                                                                               \
  F(glXGetProcAddress)                                                                             \
  F(glXGetProcAddressARB)                                                                          \
  F(glXGetSelectedEvent)                                                                           \
  F(glXGetSelectedEventSGIX)                                                                       \
  F(glXGetSwapIntervalMESA)                                                                        \
  F(glXGetVisualFromFBConfig)                                                                      \
  F(glXGetVisualFromFBConfigSGIX)                                                                  \
  F(glXIsDirect)                                                                                   \
  F(glXMakeContextCurrent)                                                                         \
  F(glXMakeCurrent)                                                                                \
  F(glXMakeCurrentReadSGI)                                                                         \
  F(glXQueryContext)                                                                               \
  F(glXQueryContextInfoEXT)                                                                        \
  F(glXQueryCurrentRendererIntegerMESA)                                                            \
  F(glXQueryCurrentRendererStringMESA)                                                             \
  F(glXQueryDrawable)                                                                              \
  F(glXQueryExtension)                                                                             \
  F(glXQueryExtensionsString)                                                                      \
  F(glXQueryGLXPbufferSGIX)                                                                        \
  F(glXQueryRendererIntegerMESA)                                                                   \
  F(glXQueryRendererStringMESA)                                                                    \
  F(glXQueryServerString)                                                                          \
  F(glXQueryVersion)                                                                               \
  F(glXReleaseTexImageEXT)                                                                         \
  F(glXSelectEvent)                                                                                \
  F(glXSelectEventSGIX)                                                                            \
  F(glXSwapBuffers)                                                                                \
  F(glXSwapIntervalEXT)                                                                            \
  F(glXSwapIntervalMESA)                                                                           \
  F(glXSwapIntervalSGI)                                                                            \
  F(glXUseXFont)                                                                                   \
  F(glXWaitGL)                                                                                     \
  F(glXWaitX)

static const struct gf_gl_named_proc g_functions[] = {
#define GF_GLX_ENTRY(name) {#name, (gf_gl_proc)name},
    GF_GLX_FUNCTIONS(GF_GLX_ENTRY)
#undef GF_GLX_ENTRY
};

gf_gl_proc gf_glx_proc_of(const char *name) {
  return gf_gl_proc_among(g_functions, sizeof g_functions / sizeof g_functions[0], name);
}

GF_GL_EXPORT __GLXextFuncPtr glXGetProcAddress(const GLubyte *name) {
  return name != NULL ? gf_gl_proc_of((const char *)name) : NULL;
}

GF_GL_EXPORT __GLXextFuncPtr glXGetProcAddressARB(const GLubyte *name) {
  return glXGetProcAddress(name);
}
