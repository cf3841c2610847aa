// gl*Pointer: the executor is told of formats and of offsets into buffers, but not where in the
// application's memory an array is. A program that draws from client arrays sets the same pointers again and
// again, and nothing travels until it draws.
#include <string.h>

#include "gl/begin_end.h"
#include "gl/context.h"
#include "gl/data/arrays.h"
#include "gl/export.h"
#include "gl/shadow.h"
#include "gl/stub.h"
#include "gl_api.h"
#include "gl_send.h"

/// For a pointer that OpenGL refuses for not being NULL: not NULL, and leading nowhere.
#define NO_ADDRESS ((const void *)1)

static inline const void *as_sent(const void *pointer) {
  if (gf_gl_client_state()->arrays.array_buffer != 0)
    return pointer;
  return pointer != NULL ? NO_ADDRESS : NULL;
}

/// The shadow of `command`, and the command itself where more than an address has changed.
#define POINTER(command, params, ...)                                                              \
  GF_GL_EXPORT void command params {                                                               \
    if (gf_gl_enter() == NULL || gf_gl_is_inside())                                                \
      return;                                                                                      \
    if (gf_shadow_##command(gf_gl_client_state(), __VA_ARGS__, pointer) != GF_ARRAY_MOVED)         \
      gf_gl_send_##command(__VA_ARGS__, as_sent(pointer));                                         \
  }

POINTER(glVertexPointer, (GLint size, GLenum type, GLsizei stride, const void *pointer), size, type,
        stride)
POINTER(glNormalPointer, (GLenum type, GLsizei stride, const void *pointer), type, stride)
POINTER(glColorPointer, (GLint size, GLenum type, GLsizei stride, const void *pointer), size, type,
        stride)
POINTER(glSecondaryColorPointer, (GLint size, GLenum type, GLsizei stride, const void *pointer),
        size, type, stride)
POINTER(glFogCoordPointer, (GLenum type, GLsizei stride, const void *pointer), type, stride)
POINTER(glIndexPointer, (GLenum type, GLsizei stride, const void *pointer), type, stride)
POINTER(glEdgeFlagPointer, (GLsizei stride, const void *pointer), stride)
POINTER(glTexCoordPointer, (GLint size, GLenum type, GLsizei stride, const void *pointer), size,
        type, stride)
POINTER(glPointSizePointerOES, (GLenum type, GLsizei stride, const void *pointer), type, stride)
POINTER(glMultiTexCoordPointerEXT,
        (GLenum texunit, GLint size, GLenum type, GLsizei stride, const void *pointer), texunit,
        size, type, stride)
POINTER(glVertexAttribPointer,
        (GLuint index, GLint size, GLenum type, GLboolean normalized, GLsizei stride,
         const void *pointer),
        index, size, type, normalized, stride)
POINTER(glVertexAttribIPointer,
        (GLuint index, GLint size, GLenum type, GLsizei stride, const void *pointer), index, size,
        type, stride)
POINTER(glVertexAttribLPointer,
        (GLuint index, GLint size, GLenum type, GLsizei stride, const void *pointer), index, size,
        type, stride)

// EXT_vertex_array's forms also say how many elements there are, which nobody needs to know.
GF_GL_EXPORT void glVertexPointerEXT(GLint size, GLenum type, GLsizei stride, GLsizei count,
                                     const void *pointer) {
  (void)count;
  glVertexPointer(size, type, stride, pointer);
}
GF_GL_EXPORT void glNormalPointerEXT(GLenum type, GLsizei stride, GLsizei count,
                                     const void *pointer) {
  (void)count;
  glNormalPointer(type, stride, pointer);
}
GF_GL_EXPORT void glColorPointerEXT(GLint size, GLenum type, GLsizei stride, GLsizei count,
                                    const void *pointer) {
  (void)count;
  glColorPointer(size, type, stride, pointer);
}
GF_GL_EXPORT void glIndexPointerEXT(GLenum type, GLsizei stride, GLsizei count,
                                    const void *pointer) {
  (void)count;
  glIndexPointer(type, stride, pointer);
}
GF_GL_EXPORT void glEdgeFlagPointerEXT(GLsizei stride, GLsizei count, const GLboolean *pointer) {
  (void)count;
  glEdgeFlagPointer(stride, pointer);
}
GF_GL_EXPORT void glTexCoordPointerEXT(GLint size, GLenum type, GLsizei stride, GLsizei count,
                                       const void *pointer) {
  (void)count;
  glTexCoordPointer(size, type, stride, pointer);
}

// Locked arrays may be kept by an implementation until they are unlocked. Here each draw sends what it reads,
// so that only the errors are left.
static _Thread_local int g_is_locked;

GF_GL_EXPORT void glLockArraysEXT(GLint first, GLsizei count) {
  struct gf_gl_lane *lane = gf_gl_enter();
  if (lane == NULL || gf_gl_is_inside())
    return;
  if (first < 0 || count <= 0)
    gf_gl_raise(lane, GL_INVALID_VALUE);
  else if (g_is_locked)
    gf_gl_raise(lane, GL_INVALID_OPERATION);
  else
    g_is_locked = 1;
}

GF_GL_EXPORT void glUnlockArraysEXT(void) {
  struct gf_gl_lane *lane = gf_gl_enter();
  if (lane == NULL || gf_gl_is_inside())
    return;
  if (!g_is_locked)
    gf_gl_raise(lane, GL_INVALID_OPERATION);
  g_is_locked = 0;
}
