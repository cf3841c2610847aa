// Indirect draws. Their parameters lie in a buffer, which the driver reads; or, in a compatibility
// profile that has none bound, in the application's memory, and are read here.
#include "gl/context.h"
#include "gl/export.h"
#include "gl/index_range.h"
#include "gl/stub.h"
#include "gl_api.h"
#include "gl_send.h"

struct arrays_command {
  uint32_t count, instances, first, base_instance;
};

struct elements_command {
  uint32_t count, instances, first_index;
  int32_t base_vertex;
  uint32_t base_instance;
};

/// Whether `indirect` is an address of the application's rather than an offset or an error.
static int is_in_memory(const void *indirect) {
  const struct gf_client_state *state = gf_gl_client_state();
  return state->arrays.draw_indirect_buffer == 0 && !gf_gl.context->is_core &&
         gf_gl.context->api == GF_GL_API_GL && indirect != NULL;
}

GF_GL_EXPORT void glDrawArraysIndirect(GLenum mode, const void *indirect) {
  if (gf_gl_enter() == NULL)
    return;
  if (!is_in_memory(indirect)) {
    gf_gl_send_glDrawArraysIndirect(mode, indirect);
    return;
  }
  const struct arrays_command *at = indirect;
  glDrawArraysInstancedBaseInstance(mode, (GLint)at->first, (GLsizei)at->count,
                                    (GLsizei)at->instances, at->base_instance);
}

GF_GL_EXPORT void glDrawElementsIndirect(GLenum mode, GLenum type, const void *indirect) {
  if (gf_gl_enter() == NULL)
    return;
  if (!is_in_memory(indirect) || gf_gl_client_state()->arrays.bound->element_buffer == 0) {
    gf_gl_send_glDrawElementsIndirect(mode, type, indirect);
    return;
  }
  const struct elements_command *at = indirect;
  const uintptr_t offset = (uintptr_t)at->first_index * gf_index_bytes(type);
  glDrawElementsInstancedBaseVertexBaseInstance(mode, (GLsizei)at->count, type,
                                                (const void *)offset, (GLsizei)at->instances,
                                                at->base_vertex, at->base_instance);
}

GF_GL_EXPORT void glMultiDrawArraysIndirect(GLenum mode, const void *indirect, GLsizei drawcount,
                                            GLsizei stride) {
  if (gf_gl_enter() == NULL)
    return;
  if (!is_in_memory(indirect) || stride % 4 != 0) {
    gf_gl_send_glMultiDrawArraysIndirect(mode, indirect, drawcount, stride);
    return;
  }
  const uint8_t *at = indirect;
  for (GLsizei i = 0; i < drawcount; i++) {
    glDrawArraysIndirect(mode, at);
    at += stride != 0 ? (size_t)stride : sizeof(struct arrays_command);
  }
}

GF_GL_EXPORT void glMultiDrawElementsIndirect(GLenum mode, GLenum type, const void *indirect,
                                              GLsizei drawcount, GLsizei stride) {
  if (gf_gl_enter() == NULL)
    return;
  if (!is_in_memory(indirect) || stride % 4 != 0) {
    gf_gl_send_glMultiDrawElementsIndirect(mode, type, indirect, drawcount, stride);
    return;
  }
  const uint8_t *at = indirect;
  for (GLsizei i = 0; i < drawcount; i++) {
    glDrawElementsIndirect(mode, type, at);
    at += stride != 0 ? (size_t)stride : sizeof(struct elements_command);
  }
}
