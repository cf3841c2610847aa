#include "gl/shadow.h"

static struct gf_vertex_array_object *find(struct gf_client_state *state, GLuint name) {
  return gf_arrays_find(&state->arrays, name);
}

static void enable_state(struct gf_client_state *state, struct gf_vertex_array_object *object,
                         GLenum array, GLuint unit, int enable) {
  // NV_primitive_restart's capability is one of the client's.
  if (array == GL_PRIMITIVE_RESTART_NV)
    state->arrays.is_restart_enabled = enable;
  const int slot = gf_array_slot(array, unit);
  if (slot >= 0)
    gf_array_enable(&state->arrays, object, (uint32_t)slot, enable);
}

static void enable_generic(struct gf_client_state *state, struct gf_vertex_array_object *object,
                           GLuint index, int enable) {
  if (index < GF_GENERIC_SLOTS)
    gf_array_enable(&state->arrays, object, GF_SLOT_GENERIC0 + index, enable);
}

GF_SHADOW(glEnableClientState, GLenum array) {
  enable_state(state, state->arrays.bound, array, state->arrays.client_unit, 1);
}
GF_SHADOW(glEnableClientStateiEXT, GLenum array, GLuint unit) {
  enable_state(state, state->arrays.bound, array, unit, 1);
}
GF_SHADOW(glEnableClientStateIndexedEXT, GLenum array, GLuint unit) {
  enable_state(state, state->arrays.bound, array, unit, 1);
}
GF_SHADOW(glEnableVertexAttribArray, GLuint index) {
  enable_generic(state, state->arrays.bound, index, 1);
}
GF_SHADOW(glEnableVertexArrayAttrib, GLuint name, GLuint index) {
  enable_generic(state, find(state, name), index, 1);
}
GF_SHADOW(glEnableVertexArrayAttribEXT, GLuint name, GLuint index) {
  enable_generic(state, find(state, name), index, 1);
}
GF_SHADOW(glEnableVertexArrayEXT, GLuint name, GLenum array) {
  // Units may be named one by one here.
  if (array >= GL_TEXTURE0 && array < GL_TEXTURE0 + GF_TEX_COORD_SLOTS)
    enable_state(state, find(state, name), GL_TEXTURE_COORD_ARRAY, array - GL_TEXTURE0, 1);
  else
    enable_state(state, find(state, name), array, state->arrays.client_unit, 1);
}

GF_SHADOW(glDisableClientState, GLenum array) {
  enable_state(state, state->arrays.bound, array, state->arrays.client_unit, 0);
}
GF_SHADOW(glDisableClientStateiEXT, GLenum array, GLuint unit) {
  enable_state(state, state->arrays.bound, array, unit, 0);
}
GF_SHADOW(glDisableClientStateIndexedEXT, GLenum array, GLuint unit) {
  enable_state(state, state->arrays.bound, array, unit, 0);
}
GF_SHADOW(glDisableVertexAttribArray, GLuint index) {
  enable_generic(state, state->arrays.bound, index, 0);
}
GF_SHADOW(glDisableVertexArrayAttrib, GLuint name, GLuint index) {
  enable_generic(state, find(state, name), index, 0);
}
GF_SHADOW(glDisableVertexArrayAttribEXT, GLuint name, GLuint index) {
  enable_generic(state, find(state, name), index, 0);
}
GF_SHADOW(glDisableVertexArrayEXT, GLuint name, GLenum array) {
  // Units may be named one by one here.
  if (array >= GL_TEXTURE0 && array < GL_TEXTURE0 + GF_TEX_COORD_SLOTS)
    enable_state(state, find(state, name), GL_TEXTURE_COORD_ARRAY, array - GL_TEXTURE0, 0);
  else
    enable_state(state, find(state, name), array, state->arrays.client_unit, 0);
}
