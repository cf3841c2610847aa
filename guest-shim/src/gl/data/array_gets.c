// Where arrays are: the executor does not know, the guest does.
#include "gl/data/array_gets.h"
#include "gl/begin_end.h"
#include "gl/context.h"
#include "gl/export.h"
#include "gl/stub.h"
#include "gl_api.h"

static int slot_of_pointer(GLenum pname, uint32_t unit) {
  const struct gf_gl_context *context = gf_gl.context;
  if (!context->client.arrays.has_client_states)
    return -1;
  const int is_es = context->api != GF_GL_API_GL;
  switch (pname) {
  case GL_VERTEX_ARRAY_POINTER:
    return GF_SLOT_POSITION;
  case GL_NORMAL_ARRAY_POINTER:
    return GF_SLOT_NORMAL;
  case GL_COLOR_ARRAY_POINTER:
    return GF_SLOT_COLOR;
  case GL_SECONDARY_COLOR_ARRAY_POINTER:
    return is_es ? -1 : GF_SLOT_SECONDARY_COLOR;
  case GL_FOG_COORD_ARRAY_POINTER:
    return is_es ? -1 : GF_SLOT_FOG_COORD;
  case GL_INDEX_ARRAY_POINTER:
    return is_es ? -1 : GF_SLOT_INDEX;
  case GL_EDGE_FLAG_ARRAY_POINTER:
    return is_es ? -1 : GF_SLOT_EDGE_FLAG;
  case GL_POINT_SIZE_ARRAY_POINTER_OES:
    return is_es ? GF_SLOT_POINT_SIZE : -1;
  case GL_TEXTURE_COORD_ARRAY_POINTER:
    return unit < GF_TEX_COORD_SLOTS ? (int)(GF_SLOT_TEX_COORD0 + unit) : -1;
  default:
    return -1;
  }
}

static int read_pointer(const struct gf_vertex_array_object *object, int slot, void **out) {
  if (slot < 0 || object == NULL)
    return 0;
  *out = (void *)(uintptr_t)object->arrays[slot].pointer;
  return 1;
}

int gf_gl_array_pointer(uint32_t pname, void **out) {
  const struct gf_vertex_arrays *arrays = &gf_gl_client_state()->arrays;
  return read_pointer(arrays->bound, slot_of_pointer(pname, arrays->client_unit), out);
}

static int generic(GLuint index) {
  return index < gf_gl_client_state()->arrays.generic_limit ? (int)(GF_SLOT_GENERIC0 + index) : -1;
}

GF_GL_EXPORT void glGetVertexAttribPointerv(GLuint index, GLenum pname, void **pointer) {
  struct gf_gl_lane *lane = gf_gl_enter();
  if (lane == NULL || gf_gl_is_inside())
    return;
  if (pname != GL_VERTEX_ATTRIB_ARRAY_POINTER)
    gf_gl_raise(lane, GL_INVALID_ENUM);
  else if (!read_pointer(gf_gl_client_state()->arrays.bound, generic(index), pointer))
    gf_gl_raise(lane, GL_INVALID_VALUE);
}

// Only texture coordinates have an array for each index.
GF_GL_EXPORT void glGetPointerIndexedvEXT(GLenum target, GLuint index, void **data) {
  struct gf_gl_lane *lane = gf_gl_enter();
  if (lane == NULL || gf_gl_is_inside())
    return;
  const int slot = target == GL_TEXTURE_COORD_ARRAY_POINTER ? slot_of_pointer(target, index) : -1;
  if (!read_pointer(gf_gl_client_state()->arrays.bound, slot, data))
    gf_gl_raise(lane, GL_INVALID_ENUM);
}

GF_GL_EXPORT void glGetPointeri_vEXT(GLenum pname, GLuint index, void **params) {
  glGetPointerIndexedvEXT(pname, index, params);
}

GF_GL_EXPORT void glGetVertexArrayPointervEXT(GLuint vaobj, GLenum pname, void **param) {
  struct gf_gl_lane *lane = gf_gl_enter();
  if (lane == NULL || gf_gl_is_inside())
    return;
  struct gf_vertex_arrays *arrays = &gf_gl_client_state()->arrays;
  if (!read_pointer(gf_arrays_find(arrays, vaobj), slot_of_pointer(pname, arrays->client_unit),
                    param))
    gf_gl_raise(lane, GL_INVALID_ENUM);
}

GF_GL_EXPORT void glGetVertexArrayPointeri_vEXT(GLuint vaobj, GLuint index, GLenum pname,
                                                void **param) {
  struct gf_gl_lane *lane = gf_gl_enter();
  if (lane == NULL || gf_gl_is_inside())
    return;
  const int slot =
      pname == GL_VERTEX_ATTRIB_ARRAY_POINTER ? generic(index) : slot_of_pointer(pname, index);
  if (!read_pointer(gf_arrays_find(&gf_gl_client_state()->arrays, vaobj), slot, param))
    gf_gl_raise(lane, GL_INVALID_ENUM);
}
