#include "gl/shadow.h"

#include <stddef.h>

static struct gf_vertex_array_object *find(struct gf_client_state *state, GLuint name) {
  return gf_arrays_find(&state->arrays, name);
}

GF_SHADOW(glGenVertexArrays, GLsizei n, const GLuint *names) {
  for (GLsizei i = 0; names != NULL && i < n; i++)
    gf_arrays_create(&state->arrays, names[i]);
}

GF_SHADOW(glCreateVertexArrays, GLsizei n, const GLuint *names) {
  gf_shadow_glGenVertexArrays(state, n, names);
}

GF_SHADOW(glDeleteVertexArrays, GLsizei n, const GLuint *names) {
  for (GLsizei i = 0; names != NULL && i < n; i++)
    gf_arrays_delete(&state->arrays, names[i]);
}

GF_SHADOW(glBindVertexArray, GLuint name) { gf_arrays_bind(&state->arrays, name); }

GF_SHADOW(glBindBuffer, GLenum target, GLuint buffer) {
  uint32_t *binding = gf_arrays_buffer_binding(&state->arrays, target);
  if (binding != NULL)
    *binding = buffer;
}

GF_SHADOW(glDeleteBuffers, GLsizei n, const GLuint *buffers) {
  for (GLsizei i = 0; buffers != NULL && i < n; i++)
    gf_arrays_forget_buffer(&state->arrays, buffers[i]);
}

GF_SHADOW(glVertexArrayElementBuffer, GLuint name, GLuint buffer) {
  struct gf_vertex_array_object *object = find(state, name);
  if (object != NULL && (name != 0 || !state->arrays.is_core))
    object->element_buffer = buffer;
}

static void set_capability(struct gf_client_state *state, GLenum cap, int enable) {
  if (cap == GL_PRIMITIVE_RESTART)
    state->arrays.is_restart_enabled = enable;
  else if (cap == GL_PRIMITIVE_RESTART_FIXED_INDEX)
    state->arrays.is_restart_fixed = enable;
}

int gf_is_client_array(const struct gf_client_state *state, GLenum cap) {
  return state->arrays.has_client_states && gf_array_slot(cap, 0) >= 0;
}

GF_SHADOW(glEnable, GLenum cap) {
  if (gf_is_client_array(state, cap))
    gf_shadow_glEnableClientState(state, cap);
  else
    set_capability(state, cap, 1);
}
GF_SHADOW(glDisable, GLenum cap) {
  if (gf_is_client_array(state, cap))
    gf_shadow_glDisableClientState(state, cap);
  else
    set_capability(state, cap, 0);
}

GF_SHADOW(glPrimitiveRestartIndex, GLuint index) { state->arrays.restart_index = index; }
GF_SHADOW(glPrimitiveRestartIndexNV, GLuint index) { state->arrays.restart_index = index; }

GF_SHADOW(glClientActiveTexture, GLenum unit) {
  if (unit >= GL_TEXTURE0 && unit < GL_TEXTURE0 + GF_TEX_COORD_SLOTS)
    state->arrays.client_unit = unit - GL_TEXTURE0;
}

GF_SHADOW(glPushClientAttrib, GLbitfield mask) { gf_client_state_push(state, mask); }
GF_SHADOW(glPopClientAttrib) { gf_client_state_pop(state); }
GF_SHADOW(glClientAttribDefaultEXT, GLbitfield mask) { gf_client_state_reset(state, mask); }
GF_SHADOW(glPushClientAttribDefaultEXT, GLbitfield mask) {
  gf_client_state_push(state, mask);
  gf_client_state_reset(state, mask);
}

GF_SHADOW(glPixelStorei, GLenum pname, GLint value) {
  gf_pixel_state_set(&state->pixels, pname, value);
}

GF_SHADOW(glPixelStoref, GLenum pname, GLfloat value) {
  const GLfloat rounded = value < 0 ? value - 0.5f : value + 0.5f;
  if (rounded > -2147483648.0f && rounded < 2147483648.0f)
    gf_pixel_state_set(&state->pixels, pname, (GLint)rounded);
}
