// CUDA's interop with OpenGL (cudaGL.h): the calls are there, for programs that are linked with them, and
// refused. The two run in one session, but share no objects.
#include "cuda/gl_interop.h"

#include <stddef.h>
#include <string.h>

#include "cuda/stub.h"

static const char g_why[] = "OpenGL's objects and CUDA's are not shared.";

// Their parameters are not looked at, and every calling convention of C here lets a callee ignore them.
#define GF_GL_INTEROP(F)                                                                           \
  F(cuGLCtxCreate)                                                                                 \
  F(cuGLCtxCreate_v2)                                                                              \
  F(cuGLGetDevices)                                                                                \
  F(cuGLGetDevices_v2)                                                                             \
  F(cuGLInit)                                                                                      \
  F(cuGLMapBufferObject)                                                                           \
  F(cuGLMapBufferObject_v2)                                                                        \
  F(cuGLMapBufferObject_v2_ptds)                                                                   \
  F(cuGLMapBufferObjectAsync)                                                                      \
  F(cuGLMapBufferObjectAsync_v2)                                                                   \
  F(cuGLMapBufferObjectAsync_v2_ptsz)                                                              \
  F(cuGLRegisterBufferObject)                                                                      \
  F(cuGLSetBufferObjectMapFlags)                                                                   \
  F(cuGLUnmapBufferObject)                                                                         \
  F(cuGLUnmapBufferObjectAsync)                                                                    \
  F(cuGLUnregisterBufferObject)                                                                    \
  F(cuGraphicsGLRegisterBuffer)                                                                    \
  F(cuGraphicsGLRegisterImage)

#define GF_DEFINE(name)                                                                            \
  CUresult CUDAAPI name(void);                                                                     \
  CUresult CUDAAPI name(void) { return gf_refuse(#name, g_why); }
#pragma GCC visibility push(default)
GF_GL_INTEROP(GF_DEFINE)
#pragma GCC visibility pop
#undef GF_DEFINE

static const struct {
  const char *name;
  CUresult (*address)(void);
} g_functions[] = {
#define GF_ENTRY(name) {#name, name},
    GF_GL_INTEROP(GF_ENTRY)
#undef GF_ENTRY
};

void *gf_gl_interop_entry(const char *name) {
  for (size_t i = 0; i < sizeof g_functions / sizeof g_functions[0]; i++) {
    if (strcmp(g_functions[i].name, name) == 0)
      return (void *)g_functions[i].address;
  }
  return NULL;
}
