// Indirect draws. Their parameters lie in a buffer, which the driver reads; or, in a compatibility
// profile that has none bound, in the application's memory, and are read here. They are read here, too, where
// vertices lie in the application's memory: how many of them a draw takes must be known.
#include <stdlib.h>

#include "gl/buffer.h"
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

/// Whether the application must be spared the driver's look at arrays in its memory.
static int has_client_arrays(void) {
  const struct gf_client_state *state = gf_gl_client_state();
  return state->arrays.draw_indirect_buffer != 0 && !gf_gl.context->is_core &&
         gf_gl.context->api == GF_GL_API_GL && gf_arrays_in_client_memory(state->arrays.bound) != 0;
}

/// Commands of `bytes` at an offset into the buffer that is bound for them; to be freed. NULL where they are
/// not all there: the driver is to refuse the draw.
static void *fetch(const void *indirect, uint64_t bytes) {
  const uint64_t offset = (uintptr_t)indirect;
  GLint64 buffer_bytes = 0;
  GLint is_mapped = 0;
  glGetBufferParameteri64v(GL_DRAW_INDIRECT_BUFFER, GL_BUFFER_SIZE, &buffer_bytes);
  glGetBufferParameteriv(GL_DRAW_INDIRECT_BUFFER, GL_BUFFER_MAPPED, &is_mapped);
  if (bytes == 0 || is_mapped || offset % 4 != 0 || bytes > (uint64_t)buffer_bytes ||
      offset > (uint64_t)buffer_bytes - bytes)
    return NULL;
  void *commands = malloc(bytes);
  if (commands != NULL)
    gf_gl_buffer_contents(GL_DRAW_INDIRECT_BUFFER, (GLintptr)offset, (GLsizeiptr)bytes, commands);
  return commands;
}

/// Several commands, `stride` bytes apart.
struct commands {
  const uint8_t *at;
  size_t stride;
  GLsizei count;
  void *fetched; ///< to be freed
};

/// Finds the commands of an indirect draw. 0: the plain command is to be sent.
static int find(const void *indirect, GLsizei count, GLsizei stride, size_t command_bytes,
                struct commands *out) {
  if (count <= 0 || stride < 0 || stride % 4 != 0)
    return 0;
  *out = (struct commands){
      .at = indirect, .stride = stride != 0 ? (size_t)stride : command_bytes, .count = count};
  if (is_in_memory(indirect))
    return 1;
  if (!has_client_arrays())
    return 0;
  out->fetched = fetch(indirect, out->stride * (size_t)(count - 1) + command_bytes);
  out->at = out->fetched;
  return out->fetched != NULL;
}

/// As glMultiDrawArraysIndirect. Non-zero: the plain command is to be sent.
static int draw_arrays(GLenum mode, const void *indirect, GLsizei count, GLsizei stride) {
  struct commands commands;
  if (gf_gl_enter() == NULL)
    return 0;
  if (!find(indirect, count, stride, sizeof(struct arrays_command), &commands))
    return 1;
  for (GLsizei i = 0; i < commands.count; i++, commands.at += commands.stride) {
    const struct arrays_command *at = (const void *)commands.at;
    glDrawArraysInstancedBaseInstance(mode, (GLint)at->first, (GLsizei)at->count,
                                      (GLsizei)at->instances, at->base_instance);
  }
  free(commands.fetched);
  return 0;
}

/// As glMultiDrawElementsIndirect. Non-zero: the plain command is to be sent.
static int draw_elements(GLenum mode, GLenum type, const void *indirect, GLsizei count,
                         GLsizei stride) {
  struct commands commands;
  if (gf_gl_enter() == NULL)
    return 0;
  if (gf_gl_client_state()->arrays.bound->element_buffer == 0 ||
      !find(indirect, count, stride, sizeof(struct elements_command), &commands))
    return 1;
  for (GLsizei i = 0; i < commands.count; i++, commands.at += commands.stride) {
    const struct elements_command *at = (const void *)commands.at;
    const uintptr_t offset = (uintptr_t)at->first_index * gf_index_bytes(type);
    glDrawElementsInstancedBaseVertexBaseInstance(mode, (GLsizei)at->count, type,
                                                  (const void *)offset, (GLsizei)at->instances,
                                                  at->base_vertex, at->base_instance);
  }
  free(commands.fetched);
  return 0;
}

GF_GL_EXPORT void glDrawArraysIndirect(GLenum mode, const void *indirect) {
  if (draw_arrays(mode, indirect, 1, 0))
    gf_gl_send_glDrawArraysIndirect(mode, indirect);
}

GF_GL_EXPORT void glDrawElementsIndirect(GLenum mode, GLenum type, const void *indirect) {
  if (draw_elements(mode, type, indirect, 1, 0))
    gf_gl_send_glDrawElementsIndirect(mode, type, indirect);
}

GF_GL_EXPORT void glMultiDrawArraysIndirect(GLenum mode, const void *indirect, GLsizei drawcount,
                                            GLsizei stride) {
  if (draw_arrays(mode, indirect, drawcount, stride))
    gf_gl_send_glMultiDrawArraysIndirect(mode, indirect, drawcount, stride);
}

GF_GL_EXPORT void glMultiDrawElementsIndirect(GLenum mode, GLenum type, const void *indirect,
                                              GLsizei drawcount, GLsizei stride) {
  if (draw_elements(mode, type, indirect, drawcount, stride))
    gf_gl_send_glMultiDrawElementsIndirect(mode, type, indirect, drawcount, stride);
}
