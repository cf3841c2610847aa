// Commands as they change the client state: one function a command, with its arguments. Generated code
// of both halves calls gf_shadow_<command> for rows with `shadow` (protocol/api/gl), the guest after it
// wrote the frame, the executor after the driver's call.
#pragma once

#include "gl/client_state.h"
#include "gl_api.h"

#ifdef __cplusplus
extern "C" {
#endif

#define GF_SHADOW(command, ...)                                                                    \
  void gf_shadow_##command(struct gf_client_state *state, ##__VA_ARGS__)
/// Of gl*Pointer: also says whether more than an address has changed.
#define GF_SHADOW_POINTER(command, ...)                                                            \
  enum gf_array_change gf_shadow_##command(struct gf_client_state *state, __VA_ARGS__)

GF_SHADOW(glGenVertexArrays, GLsizei n, const GLuint *names);
GF_SHADOW(glCreateVertexArrays, GLsizei n, const GLuint *names);
GF_SHADOW(glDeleteVertexArrays, GLsizei n, const GLuint *names);
GF_SHADOW(glBindVertexArray, GLuint name);
GF_SHADOW(glBindBuffer, GLenum target, GLuint buffer);
GF_SHADOW(glDeleteBuffers, GLsizei n, const GLuint *buffers);
GF_SHADOW(glVertexArrayElementBuffer, GLuint name, GLuint buffer);

GF_SHADOW(glEnable, GLenum cap);
GF_SHADOW(glDisable, GLenum cap);
GF_SHADOW(glPrimitiveRestartIndex, GLuint index);
GF_SHADOW(glPrimitiveRestartIndexNV, GLuint index);
GF_SHADOW(glClientActiveTexture, GLenum unit);
GF_SHADOW(glPushClientAttrib, GLbitfield mask);
GF_SHADOW(glPopClientAttrib);
GF_SHADOW(glClientAttribDefaultEXT, GLbitfield mask);
GF_SHADOW(glPushClientAttribDefaultEXT, GLbitfield mask);
GF_SHADOW(glPixelStorei, GLenum pname, GLint value);
GF_SHADOW(glPixelStoref, GLenum pname, GLfloat value);

/// Whether `cap`, in this context, names an array of the fixed pipeline, which EXT_vertex_array has glEnable turn
/// on, too.
int gf_is_client_array(const struct gf_client_state *state, GLenum cap);
GF_SHADOW(glEnableClientState, GLenum array);
GF_SHADOW(glDisableClientState, GLenum array);
GF_SHADOW(glEnableClientStateiEXT, GLenum array, GLuint unit);
GF_SHADOW(glDisableClientStateiEXT, GLenum array, GLuint unit);
GF_SHADOW(glEnableClientStateIndexedEXT, GLenum array, GLuint unit);
GF_SHADOW(glDisableClientStateIndexedEXT, GLenum array, GLuint unit);
GF_SHADOW(glEnableVertexAttribArray, GLuint index);
GF_SHADOW(glDisableVertexAttribArray, GLuint index);
GF_SHADOW(glEnableVertexArrayAttrib, GLuint name, GLuint index);
GF_SHADOW(glDisableVertexArrayAttrib, GLuint name, GLuint index);
GF_SHADOW(glEnableVertexArrayAttribEXT, GLuint name, GLuint index);
GF_SHADOW(glDisableVertexArrayAttribEXT, GLuint name, GLuint index);
GF_SHADOW(glEnableVertexArrayEXT, GLuint name, GLenum array);
GF_SHADOW(glDisableVertexArrayEXT, GLuint name, GLenum array);

GF_SHADOW_POINTER(glVertexPointer, GLint size, GLenum type, GLsizei stride, const void *pointer);
GF_SHADOW_POINTER(glNormalPointer, GLenum type, GLsizei stride, const void *pointer);
GF_SHADOW_POINTER(glColorPointer, GLint size, GLenum type, GLsizei stride, const void *pointer);
GF_SHADOW_POINTER(glSecondaryColorPointer, GLint size, GLenum type, GLsizei stride,
                  const void *pointer);
GF_SHADOW_POINTER(glFogCoordPointer, GLenum type, GLsizei stride, const void *pointer);
GF_SHADOW_POINTER(glIndexPointer, GLenum type, GLsizei stride, const void *pointer);
GF_SHADOW_POINTER(glEdgeFlagPointer, GLsizei stride, const void *pointer);
GF_SHADOW_POINTER(glTexCoordPointer, GLint size, GLenum type, GLsizei stride, const void *pointer);
GF_SHADOW_POINTER(glPointSizePointerOES, GLenum type, GLsizei stride, const void *pointer);
GF_SHADOW_POINTER(glMultiTexCoordPointerEXT, GLenum unit, GLint size, GLenum type, GLsizei stride,
                  const void *pointer);
GF_SHADOW_POINTER(glVertexAttribPointer, GLuint index, GLint size, GLenum type,
                  GLboolean normalized, GLsizei stride, const void *pointer);
GF_SHADOW_POINTER(glVertexAttribIPointer, GLuint index, GLint size, GLenum type, GLsizei stride,
                  const void *pointer);
GF_SHADOW_POINTER(glVertexAttribLPointer, GLuint index, GLint size, GLenum type, GLsizei stride,
                  const void *pointer);
GF_SHADOW(glVertexAttribDivisor, GLuint index, GLuint divisor);
GF_SHADOW(glVertexArrayVertexAttribDivisorEXT, GLuint name, GLuint index, GLuint divisor);

GF_SHADOW(glVertexArrayVertexOffsetEXT, GLuint name, GLuint buffer, GLint size, GLenum type,
          GLsizei stride, GLintptr offset);
GF_SHADOW(glVertexArrayColorOffsetEXT, GLuint name, GLuint buffer, GLint size, GLenum type,
          GLsizei stride, GLintptr offset);
GF_SHADOW(glVertexArrayEdgeFlagOffsetEXT, GLuint name, GLuint buffer, GLsizei stride,
          GLintptr offset);
GF_SHADOW(glVertexArrayIndexOffsetEXT, GLuint name, GLuint buffer, GLenum type, GLsizei stride,
          GLintptr offset);
GF_SHADOW(glVertexArrayNormalOffsetEXT, GLuint name, GLuint buffer, GLenum type, GLsizei stride,
          GLintptr offset);
GF_SHADOW(glVertexArrayTexCoordOffsetEXT, GLuint name, GLuint buffer, GLint size, GLenum type,
          GLsizei stride, GLintptr offset);
GF_SHADOW(glVertexArrayMultiTexCoordOffsetEXT, GLuint name, GLuint buffer, GLenum unit, GLint size,
          GLenum type, GLsizei stride, GLintptr offset);
GF_SHADOW(glVertexArrayFogCoordOffsetEXT, GLuint name, GLuint buffer, GLenum type, GLsizei stride,
          GLintptr offset);
GF_SHADOW(glVertexArraySecondaryColorOffsetEXT, GLuint name, GLuint buffer, GLint size, GLenum type,
          GLsizei stride, GLintptr offset);
GF_SHADOW(glVertexArrayVertexAttribOffsetEXT, GLuint name, GLuint buffer, GLuint index, GLint size,
          GLenum type, GLboolean normalized, GLsizei stride, GLintptr offset);
GF_SHADOW(glVertexArrayVertexAttribIOffsetEXT, GLuint name, GLuint buffer, GLuint index, GLint size,
          GLenum type, GLsizei stride, GLintptr offset);
GF_SHADOW(glVertexArrayVertexAttribLOffsetEXT, GLuint name, GLuint buffer, GLuint index, GLint size,
          GLenum type, GLsizei stride, GLintptr offset);

// ARB_vertex_attrib_binding: for the bound object, and by name in two generations.
GF_SHADOW(glVertexAttribFormat, GLuint attrib, GLint size, GLenum type, GLboolean normalized,
          GLuint offset);
GF_SHADOW(glVertexAttribIFormat, GLuint attrib, GLint size, GLenum type, GLuint offset);
GF_SHADOW(glVertexAttribLFormat, GLuint attrib, GLint size, GLenum type, GLuint offset);
GF_SHADOW(glVertexAttribBinding, GLuint attrib, GLuint binding);
GF_SHADOW(glVertexBindingDivisor, GLuint binding, GLuint divisor);
GF_SHADOW(glBindVertexBuffer, GLuint binding, GLuint buffer, GLintptr offset, GLsizei stride);
GF_SHADOW(glBindVertexBuffers, GLuint first, GLsizei count, const GLuint *buffers,
          const GLintptr *offsets, const GLsizei *strides);

GF_SHADOW(glVertexArrayAttribFormat, GLuint name, GLuint attrib, GLint size, GLenum type,
          GLboolean normalized, GLuint offset);
GF_SHADOW(glVertexArrayAttribIFormat, GLuint name, GLuint attrib, GLint size, GLenum type,
          GLuint offset);
GF_SHADOW(glVertexArrayAttribLFormat, GLuint name, GLuint attrib, GLint size, GLenum type,
          GLuint offset);
GF_SHADOW(glVertexArrayAttribBinding, GLuint name, GLuint attrib, GLuint binding);
GF_SHADOW(glVertexArrayBindingDivisor, GLuint name, GLuint binding, GLuint divisor);
GF_SHADOW(glVertexArrayVertexBuffer, GLuint name, GLuint binding, GLuint buffer, GLintptr offset,
          GLsizei stride);
GF_SHADOW(glVertexArrayVertexBuffers, GLuint name, GLuint first, GLsizei count,
          const GLuint *buffers, const GLintptr *offsets, const GLsizei *strides);

GF_SHADOW(glVertexArrayVertexAttribFormatEXT, GLuint name, GLuint attrib, GLint size, GLenum type,
          GLboolean normalized, GLuint offset);
GF_SHADOW(glVertexArrayVertexAttribIFormatEXT, GLuint name, GLuint attrib, GLint size, GLenum type,
          GLuint offset);
GF_SHADOW(glVertexArrayVertexAttribLFormatEXT, GLuint name, GLuint attrib, GLint size, GLenum type,
          GLuint offset);
GF_SHADOW(glVertexArrayVertexAttribBindingEXT, GLuint name, GLuint attrib, GLuint binding);
GF_SHADOW(glVertexArrayVertexBindingDivisorEXT, GLuint name, GLuint binding, GLuint divisor);
GF_SHADOW(glVertexArrayBindVertexBufferEXT, GLuint name, GLuint binding, GLuint buffer,
          GLintptr offset, GLsizei stride);

#ifdef __cplusplus
}
#endif
