#include "gl/shadow.h"

static struct gf_vertex_array_object *find(struct gf_client_state *state, GLuint name) {
  return gf_arrays_find(&state->arrays, name);
}

/// A size that no array has where the argument is none: it must not wrap into one that is.
static struct gf_vertex_format format_of(GLint size, GLenum type, int normalized,
                                         enum gf_attrib_kind kind) {
  return (struct gf_vertex_format){.type = type,
                                   .size = size < 0 || size > UINT16_MAX ? 0 : (uint16_t)size,
                                   .normalized = normalized != 0,
                                   .kind = (uint8_t)kind};
}

static enum gf_array_change point(struct gf_client_state *state, uint32_t slot,
                                  struct gf_vertex_format format, GLsizei stride,
                                  const void *pointer) {
  return gf_array_point(&state->arrays, state->arrays.bound, slot, format, stride,
                        (uintptr_t)pointer, state->arrays.array_buffer);
}

static void point_by_name(struct gf_client_state *state, GLuint name, GLuint buffer, uint32_t slot,
                          struct gf_vertex_format format, GLsizei stride, GLintptr offset) {
  gf_array_point(&state->arrays, find(state, name), slot, format, stride, (uint64_t)offset, buffer);
}

static uint32_t generic_slot(GLuint index) {
  return index < GF_GENERIC_SLOTS ? GF_SLOT_GENERIC0 + index : GF_SLOT_COUNT;
}

static uint32_t tex_coord_slot(GLuint unit) {
  return unit < GF_TEX_COORD_SLOTS ? GF_SLOT_TEX_COORD0 + unit : GF_SLOT_COUNT;
}

GF_SHADOW_POINTER(glVertexPointer, GLint size, GLenum type, GLsizei stride, const void *pointer) {
  return point(state, GF_SLOT_POSITION, format_of(size, type, 0, GF_ATTRIB_FLOAT), stride, pointer);
}

GF_SHADOW_POINTER(glNormalPointer, GLenum type, GLsizei stride, const void *pointer) {
  return point(state, GF_SLOT_NORMAL, format_of(3, type, 0, GF_ATTRIB_FLOAT), stride, pointer);
}

GF_SHADOW_POINTER(glColorPointer, GLint size, GLenum type, GLsizei stride, const void *pointer) {
  return point(state, GF_SLOT_COLOR, format_of(size, type, 0, GF_ATTRIB_FLOAT), stride, pointer);
}

GF_SHADOW_POINTER(glSecondaryColorPointer, GLint size, GLenum type, GLsizei stride,
                  const void *pointer) {
  return point(state, GF_SLOT_SECONDARY_COLOR, format_of(size, type, 0, GF_ATTRIB_FLOAT), stride,
               pointer);
}

GF_SHADOW_POINTER(glFogCoordPointer, GLenum type, GLsizei stride, const void *pointer) {
  return point(state, GF_SLOT_FOG_COORD, format_of(1, type, 0, GF_ATTRIB_FLOAT), stride, pointer);
}

GF_SHADOW_POINTER(glIndexPointer, GLenum type, GLsizei stride, const void *pointer) {
  return point(state, GF_SLOT_INDEX, format_of(1, type, 0, GF_ATTRIB_FLOAT), stride, pointer);
}

GF_SHADOW_POINTER(glEdgeFlagPointer, GLsizei stride, const void *pointer) {
  return point(state, GF_SLOT_EDGE_FLAG, format_of(1, GL_UNSIGNED_BYTE, 0, GF_ATTRIB_FLOAT), stride,
               pointer);
}

GF_SHADOW_POINTER(glTexCoordPointer, GLint size, GLenum type, GLsizei stride, const void *pointer) {
  return point(state, tex_coord_slot(state->arrays.client_unit),
               format_of(size, type, 0, GF_ATTRIB_FLOAT), stride, pointer);
}

GF_SHADOW_POINTER(glPointSizePointerOES, GLenum type, GLsizei stride, const void *pointer) {
  return point(state, GF_SLOT_POINT_SIZE, format_of(1, type, 0, GF_ATTRIB_FLOAT), stride, pointer);
}

GF_SHADOW_POINTER(glMultiTexCoordPointerEXT, GLenum unit, GLint size, GLenum type, GLsizei stride,
                  const void *pointer) {
  return point(state, tex_coord_slot(unit - GL_TEXTURE0), format_of(size, type, 0, GF_ATTRIB_FLOAT),
               stride, pointer);
}

GF_SHADOW_POINTER(glVertexAttribPointer, GLuint index, GLint size, GLenum type,
                  GLboolean normalized, GLsizei stride, const void *pointer) {
  return point(state, generic_slot(index), format_of(size, type, normalized, GF_ATTRIB_FLOAT),
               stride, pointer);
}

GF_SHADOW_POINTER(glVertexAttribIPointer, GLuint index, GLint size, GLenum type, GLsizei stride,
                  const void *pointer) {
  return point(state, generic_slot(index), format_of(size, type, 0, GF_ATTRIB_INTEGER), stride,
               pointer);
}

GF_SHADOW_POINTER(glVertexAttribLPointer, GLuint index, GLint size, GLenum type, GLsizei stride,
                  const void *pointer) {
  return point(state, generic_slot(index), format_of(size, type, 0, GF_ATTRIB_DOUBLE), stride,
               pointer);
}

GF_SHADOW(glVertexArrayVertexOffsetEXT, GLuint name, GLuint buffer, GLint size, GLenum type,
          GLsizei stride, GLintptr offset) {
  point_by_name(state, name, buffer, GF_SLOT_POSITION, format_of(size, type, 0, GF_ATTRIB_FLOAT),
                stride, offset);
}

GF_SHADOW(glVertexArrayColorOffsetEXT, GLuint name, GLuint buffer, GLint size, GLenum type,
          GLsizei stride, GLintptr offset) {
  point_by_name(state, name, buffer, GF_SLOT_COLOR, format_of(size, type, 0, GF_ATTRIB_FLOAT),
                stride, offset);
}

GF_SHADOW(glVertexArrayEdgeFlagOffsetEXT, GLuint name, GLuint buffer, GLsizei stride,
          GLintptr offset) {
  point_by_name(state, name, buffer, GF_SLOT_EDGE_FLAG,
                format_of(1, GL_UNSIGNED_BYTE, 0, GF_ATTRIB_FLOAT), stride, offset);
}

GF_SHADOW(glVertexArrayIndexOffsetEXT, GLuint name, GLuint buffer, GLenum type, GLsizei stride,
          GLintptr offset) {
  point_by_name(state, name, buffer, GF_SLOT_INDEX, format_of(1, type, 0, GF_ATTRIB_FLOAT), stride,
                offset);
}

GF_SHADOW(glVertexArrayNormalOffsetEXT, GLuint name, GLuint buffer, GLenum type, GLsizei stride,
          GLintptr offset) {
  point_by_name(state, name, buffer, GF_SLOT_NORMAL, format_of(3, type, 0, GF_ATTRIB_FLOAT), stride,
                offset);
}

GF_SHADOW(glVertexArrayTexCoordOffsetEXT, GLuint name, GLuint buffer, GLint size, GLenum type,
          GLsizei stride, GLintptr offset) {
  point_by_name(state, name, buffer, tex_coord_slot(state->arrays.client_unit),
                format_of(size, type, 0, GF_ATTRIB_FLOAT), stride, offset);
}

GF_SHADOW(glVertexArrayMultiTexCoordOffsetEXT, GLuint name, GLuint buffer, GLenum unit, GLint size,
          GLenum type, GLsizei stride, GLintptr offset) {
  point_by_name(state, name, buffer, tex_coord_slot(unit - GL_TEXTURE0),
                format_of(size, type, 0, GF_ATTRIB_FLOAT), stride, offset);
}

GF_SHADOW(glVertexArrayFogCoordOffsetEXT, GLuint name, GLuint buffer, GLenum type, GLsizei stride,
          GLintptr offset) {
  point_by_name(state, name, buffer, GF_SLOT_FOG_COORD, format_of(1, type, 0, GF_ATTRIB_FLOAT),
                stride, offset);
}

GF_SHADOW(glVertexArraySecondaryColorOffsetEXT, GLuint name, GLuint buffer, GLint size, GLenum type,
          GLsizei stride, GLintptr offset) {
  point_by_name(state, name, buffer, GF_SLOT_SECONDARY_COLOR,
                format_of(size, type, 0, GF_ATTRIB_FLOAT), stride, offset);
}

GF_SHADOW(glVertexArrayVertexAttribOffsetEXT, GLuint name, GLuint buffer, GLuint index, GLint size,
          GLenum type, GLboolean normalized, GLsizei stride, GLintptr offset) {
  point_by_name(state, name, buffer, generic_slot(index),
                format_of(size, type, normalized, GF_ATTRIB_FLOAT), stride, offset);
}

GF_SHADOW(glVertexArrayVertexAttribIOffsetEXT, GLuint name, GLuint buffer, GLuint index, GLint size,
          GLenum type, GLsizei stride, GLintptr offset) {
  point_by_name(state, name, buffer, generic_slot(index),
                format_of(size, type, 0, GF_ATTRIB_INTEGER), stride, offset);
}

GF_SHADOW(glVertexArrayVertexAttribLOffsetEXT, GLuint name, GLuint buffer, GLuint index, GLint size,
          GLenum type, GLsizei stride, GLintptr offset) {
  point_by_name(state, name, buffer, generic_slot(index),
                format_of(size, type, 0, GF_ATTRIB_DOUBLE), stride, offset);
}
