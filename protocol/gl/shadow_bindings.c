#include "gl/shadow.h"

#include <stddef.h>

static struct gf_vertex_array_object *find(struct gf_client_state *state, GLuint name) {
  return gf_arrays_find(&state->arrays, name);
}

static void set_format(struct gf_client_state *state, struct gf_vertex_array_object *object,
                       GLuint attrib, GLint size, GLenum type, int normalized,
                       enum gf_attrib_kind kind, GLuint offset) {
  const struct gf_vertex_format format = {.type = type,
                                          .size =
                                              size < 0 || size > UINT16_MAX ? 0 : (uint16_t)size,
                                          .normalized = normalized != 0,
                                          .kind = (uint8_t)kind};
  gf_array_set_format(&state->arrays, object, attrib, format, offset);
}

static void set_buffers(struct gf_client_state *state, struct gf_vertex_array_object *object,
                        GLuint first, GLsizei count, const GLuint *buffers, const GLintptr *offsets,
                        const GLsizei *strides) {
  for (GLsizei i = 0; i < count; i++) {
    if (buffers == NULL) // lets go of all of them
      gf_binding_set_buffer(&state->arrays, object, first + (GLuint)i, 0, 0, 16);
    else if (offsets != NULL && strides != NULL)
      gf_binding_set_buffer(&state->arrays, object, first + (GLuint)i, buffers[i], offsets[i],
                            strides[i]);
  }
}

/// A divisor by attribute also gives the attribute its own binding.
static void set_divisor(struct gf_client_state *state, struct gf_vertex_array_object *object,
                        GLuint index, GLuint divisor) {
  gf_array_set_binding(&state->arrays, object, index, index);
  gf_binding_set_divisor(&state->arrays, object, index, divisor);
}

GF_SHADOW(glVertexAttribDivisor, GLuint index, GLuint divisor) {
  set_divisor(state, state->arrays.bound, index, divisor);
}

GF_SHADOW(glVertexArrayVertexAttribDivisorEXT, GLuint name, GLuint index, GLuint divisor) {
  set_divisor(state, find(state, name), index, divisor);
}

GF_SHADOW(glVertexAttribFormat, GLuint attrib, GLint size, GLenum type, GLboolean normalized,
          GLuint offset) {
  set_format(state, state->arrays.bound, attrib, size, type, normalized, GF_ATTRIB_FLOAT, offset);
}

GF_SHADOW(glVertexAttribIFormat, GLuint attrib, GLint size, GLenum type, GLuint offset) {
  set_format(state, state->arrays.bound, attrib, size, type, 0, GF_ATTRIB_INTEGER, offset);
}

GF_SHADOW(glVertexAttribLFormat, GLuint attrib, GLint size, GLenum type, GLuint offset) {
  set_format(state, state->arrays.bound, attrib, size, type, 0, GF_ATTRIB_DOUBLE, offset);
}

GF_SHADOW(glVertexAttribBinding, GLuint attrib, GLuint binding) {
  gf_array_set_binding(&state->arrays, state->arrays.bound, attrib, binding);
}

GF_SHADOW(glVertexBindingDivisor, GLuint binding, GLuint divisor) {
  gf_binding_set_divisor(&state->arrays, state->arrays.bound, binding, divisor);
}

GF_SHADOW(glBindVertexBuffer, GLuint binding, GLuint buffer, GLintptr offset, GLsizei stride) {
  gf_binding_set_buffer(&state->arrays, state->arrays.bound, binding, buffer, offset, stride);
}

GF_SHADOW(glBindVertexBuffers, GLuint first, GLsizei count, const GLuint *buffers,
          const GLintptr *offsets, const GLsizei *strides) {
  set_buffers(state, state->arrays.bound, first, count, buffers, offsets, strides);
}

GF_SHADOW(glVertexArrayAttribFormat, GLuint name, GLuint attrib, GLint size, GLenum type,
          GLboolean normalized, GLuint offset) {
  set_format(state, find(state, name), attrib, size, type, normalized, GF_ATTRIB_FLOAT, offset);
}

GF_SHADOW(glVertexArrayAttribIFormat, GLuint name, GLuint attrib, GLint size, GLenum type,
          GLuint offset) {
  set_format(state, find(state, name), attrib, size, type, 0, GF_ATTRIB_INTEGER, offset);
}

GF_SHADOW(glVertexArrayAttribLFormat, GLuint name, GLuint attrib, GLint size, GLenum type,
          GLuint offset) {
  set_format(state, find(state, name), attrib, size, type, 0, GF_ATTRIB_DOUBLE, offset);
}

GF_SHADOW(glVertexArrayAttribBinding, GLuint name, GLuint attrib, GLuint binding) {
  gf_array_set_binding(&state->arrays, find(state, name), attrib, binding);
}

GF_SHADOW(glVertexArrayBindingDivisor, GLuint name, GLuint binding, GLuint divisor) {
  gf_binding_set_divisor(&state->arrays, find(state, name), binding, divisor);
}

GF_SHADOW(glVertexArrayVertexBuffer, GLuint name, GLuint binding, GLuint buffer, GLintptr offset,
          GLsizei stride) {
  gf_binding_set_buffer(&state->arrays, find(state, name), binding, buffer, offset, stride);
}

GF_SHADOW(glVertexArrayVertexBuffers, GLuint name, GLuint first, GLsizei count,
          const GLuint *buffers, const GLintptr *offsets, const GLsizei *strides) {
  set_buffers(state, find(state, name), first, count, buffers, offsets, strides);
}

GF_SHADOW(glVertexArrayVertexAttribFormatEXT, GLuint name, GLuint attrib, GLint size, GLenum type,
          GLboolean normalized, GLuint offset) {
  set_format(state, find(state, name), attrib, size, type, normalized, GF_ATTRIB_FLOAT, offset);
}

GF_SHADOW(glVertexArrayVertexAttribIFormatEXT, GLuint name, GLuint attrib, GLint size, GLenum type,
          GLuint offset) {
  set_format(state, find(state, name), attrib, size, type, 0, GF_ATTRIB_INTEGER, offset);
}

GF_SHADOW(glVertexArrayVertexAttribLFormatEXT, GLuint name, GLuint attrib, GLint size, GLenum type,
          GLuint offset) {
  set_format(state, find(state, name), attrib, size, type, 0, GF_ATTRIB_DOUBLE, offset);
}

GF_SHADOW(glVertexArrayVertexAttribBindingEXT, GLuint name, GLuint attrib, GLuint binding) {
  gf_array_set_binding(&state->arrays, find(state, name), attrib, binding);
}

GF_SHADOW(glVertexArrayVertexBindingDivisorEXT, GLuint name, GLuint binding, GLuint divisor) {
  gf_binding_set_divisor(&state->arrays, find(state, name), binding, divisor);
}

GF_SHADOW(glVertexArrayBindVertexBufferEXT, GLuint name, GLuint binding, GLuint buffer,
          GLintptr offset, GLsizei stride) {
  gf_binding_set_buffer(&state->arrays, find(state, name), binding, buffer, offset, stride);
}
