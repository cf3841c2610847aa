// The entry points that draw. What needs no data of the application's travels as the command it is.
#include <stddef.h>

#include "gl/context.h"
#include "gl/data/draw.h"
#include "gl/export.h"
#include "gl/stub.h"
#include "gl_api.h"
#include "gl_send.h"

static inline const struct gf_vertex_array_object *bound_object(void) {
  return gf_gl_client_state()->arrays.bound;
}

/// Whether indices are offsets and all arrays have buffers.
static inline int is_plain_with_indices(const struct gf_vertex_array_object *object) {
  return object->element_buffer != 0 && gf_gl_is_plain(object);
}

/// An index pointer as the plain command carries it. Without a buffer the driver must not follow it: such
/// a command is sent for the error that it raises.
static inline const void *offset_of(const void *indices) {
  return bound_object()->element_buffer != 0 ? indices : NULL;
}

static int draw_arrays(struct gf_gl_lane *lane, enum gf_draw_entry entry, GLenum mode, GLint first,
                       GLsizei count, GLsizei instances, GLuint base_instance) {
  const struct gf_gl_draw draw = {.entry = entry,
                                  .mode = mode,
                                  .instances = instances,
                                  .base_instance = base_instance,
                                  .part_count = 1,
                                  .firsts = &first,
                                  .counts = &count};
  return gf_gl_draw_with_data(lane, &draw);
}

GF_GL_EXPORT void glDrawArrays(GLenum mode, GLint first, GLsizei count) {
  struct gf_gl_lane *lane = gf_gl_enter();
  if (lane == NULL)
    return;
  if (gf_gl_is_plain(bound_object()) ||
      draw_arrays(lane, GF_DRAW_ARRAYS, mode, first, count, 1, 0) != 0)
    gf_gl_send_glDrawArrays(mode, first, count);
}

GF_GL_EXPORT void glDrawArraysInstanced(GLenum mode, GLint first, GLsizei count,
                                        GLsizei instances) {
  struct gf_gl_lane *lane = gf_gl_enter();
  if (lane == NULL)
    return;
  if (gf_gl_is_plain(bound_object()) ||
      draw_arrays(lane, GF_DRAW_ARRAYS_INSTANCED, mode, first, count, instances, 0) != 0)
    gf_gl_send_glDrawArraysInstanced(mode, first, count, instances);
}

GF_GL_EXPORT void glDrawArraysInstancedBaseInstance(GLenum mode, GLint first, GLsizei count,
                                                    GLsizei instances, GLuint base_instance) {
  struct gf_gl_lane *lane = gf_gl_enter();
  if (lane == NULL)
    return;
  if (gf_gl_is_plain(bound_object()) ||
      draw_arrays(lane, GF_DRAW_ARRAYS_INSTANCED_BASE_INSTANCE, mode, first, count, instances,
                  base_instance) != 0)
    gf_gl_send_glDrawArraysInstancedBaseInstance(mode, first, count, instances, base_instance);
}

/// A draw with indices. Non-zero: the plain command is to be sent.
static int draw_elements(enum gf_draw_entry entry, GLenum mode, GLuint start, GLuint end,
                         GLsizei *count, GLenum type, const void *indices, GLsizei instances,
                         GLint base_vertex, GLuint base_instance) {
  struct gf_gl_lane *lane = gf_gl_enter();
  if (lane == NULL)
    return 0;
  if (is_plain_with_indices(bound_object()))
    return 1;
  // NULL is an address that no indices can be at: the driver judges the rest of the command.
  if (bound_object()->element_buffer == 0 && indices == NULL && *count > 0) {
    *count = 0;
    return 1;
  }
  const struct gf_gl_draw draw = {.entry = entry,
                                  .mode = mode,
                                  .type = type,
                                  .start = start,
                                  .end = end,
                                  .instances = instances,
                                  .base_instance = base_instance,
                                  .part_count = 1,
                                  .firsts = &base_vertex,
                                  .counts = count,
                                  .indices = &indices};
  return gf_gl_draw_with_data(lane, &draw);
}

GF_GL_EXPORT void glDrawElements(GLenum mode, GLsizei count, GLenum type, const void *indices) {
  if (draw_elements(GF_DRAW_ELEMENTS, mode, 0, 0, &count, type, indices, 1, 0, 0))
    gf_gl_send_glDrawElements(mode, count, type, offset_of(indices));
}

GF_GL_EXPORT void glDrawRangeElements(GLenum mode, GLuint start, GLuint end, GLsizei count,
                                      GLenum type, const void *indices) {
  if (draw_elements(GF_DRAW_RANGE_ELEMENTS, mode, start, end, &count, type, indices, 1, 0, 0))
    gf_gl_send_glDrawRangeElements(mode, start, end, count, type, offset_of(indices));
}

GF_GL_EXPORT void glDrawElementsBaseVertex(GLenum mode, GLsizei count, GLenum type,
                                           const void *indices, GLint base_vertex) {
  if (draw_elements(GF_DRAW_ELEMENTS_BASE_VERTEX, mode, 0, 0, &count, type, indices, 1, base_vertex,
                    0))
    gf_gl_send_glDrawElementsBaseVertex(mode, count, type, offset_of(indices), base_vertex);
}

GF_GL_EXPORT void glDrawRangeElementsBaseVertex(GLenum mode, GLuint start, GLuint end,
                                                GLsizei count, GLenum type, const void *indices,
                                                GLint base_vertex) {
  if (draw_elements(GF_DRAW_RANGE_ELEMENTS_BASE_VERTEX, mode, start, end, &count, type, indices, 1,
                    base_vertex, 0))
    gf_gl_send_glDrawRangeElementsBaseVertex(mode, start, end, count, type, offset_of(indices),
                                             base_vertex);
}

GF_GL_EXPORT void glDrawElementsInstanced(GLenum mode, GLsizei count, GLenum type,
                                          const void *indices, GLsizei instances) {
  if (draw_elements(GF_DRAW_ELEMENTS_INSTANCED, mode, 0, 0, &count, type, indices, instances, 0, 0))
    gf_gl_send_glDrawElementsInstanced(mode, count, type, offset_of(indices), instances);
}

GF_GL_EXPORT void glDrawElementsInstancedBaseVertex(GLenum mode, GLsizei count, GLenum type,
                                                    const void *indices, GLsizei instances,
                                                    GLint base_vertex) {
  if (draw_elements(GF_DRAW_ELEMENTS_INSTANCED_BASE_VERTEX, mode, 0, 0, &count, type, indices,
                    instances, base_vertex, 0))
    gf_gl_send_glDrawElementsInstancedBaseVertex(mode, count, type, offset_of(indices), instances,
                                                 base_vertex);
}

GF_GL_EXPORT void glDrawElementsInstancedBaseInstance(GLenum mode, GLsizei count, GLenum type,
                                                      const void *indices, GLsizei instances,
                                                      GLuint base_instance) {
  if (draw_elements(GF_DRAW_ELEMENTS_INSTANCED_BASE_INSTANCE, mode, 0, 0, &count, type, indices,
                    instances, 0, base_instance))
    gf_gl_send_glDrawElementsInstancedBaseInstance(mode, count, type, offset_of(indices), instances,
                                                   base_instance);
}

GF_GL_EXPORT void glDrawElementsInstancedBaseVertexBaseInstance(GLenum mode, GLsizei count,
                                                                GLenum type, const void *indices,
                                                                GLsizei instances,
                                                                GLint base_vertex,
                                                                GLuint base_instance) {
  if (draw_elements(GF_DRAW_ELEMENTS_INSTANCED_BASE_VERTEX_BASE_INSTANCE, mode, 0, 0, &count, type,
                    indices, instances, base_vertex, base_instance))
    gf_gl_send_glDrawElementsInstancedBaseVertexBaseInstance(mode, count, type, offset_of(indices),
                                                             instances, base_vertex, base_instance);
}

/// Lists travel with gfGlDraw, whatever memory the vertices are in.
static void draw_many(const struct gf_gl_draw *draw, GLsizei part_count) {
  struct gf_gl_lane *lane = gf_gl_enter();
  if (lane == NULL)
    return;
  if (part_count < 0)
    gf_gl_raise(lane, GL_INVALID_VALUE);
  else if (gf_draw_has_indices(draw->entry) && gf_gl_draw_with_data(lane, draw) != 0)
    gf_gl_raise(lane, GL_INVALID_ENUM); // the type of the indices
  else if (!gf_draw_has_indices(draw->entry))
    gf_gl_draw_with_data(lane, draw);
}

GF_GL_EXPORT void glMultiDrawArrays(GLenum mode, const GLint *first, const GLsizei *count,
                                    GLsizei drawcount) {
  const struct gf_gl_draw draw = {.entry = GF_DRAW_MULTI_ARRAYS,
                                  .mode = mode,
                                  .instances = 1,
                                  .part_count = (uint32_t)drawcount,
                                  .firsts = first,
                                  .counts = count};
  draw_many(&draw, drawcount);
}

GF_GL_EXPORT void glMultiDrawElements(GLenum mode, const GLsizei *count, GLenum type,
                                      const void *const *indices, GLsizei drawcount) {
  const struct gf_gl_draw draw = {.entry = GF_DRAW_MULTI_ELEMENTS,
                                  .mode = mode,
                                  .type = type,
                                  .instances = 1,
                                  .part_count = (uint32_t)drawcount,
                                  .counts = count,
                                  .indices = indices};
  draw_many(&draw, drawcount);
}

GF_GL_EXPORT void glMultiDrawElementsBaseVertex(GLenum mode, const GLsizei *count, GLenum type,
                                                const void *const *indices, GLsizei drawcount,
                                                const GLint *base_vertices) {
  const struct gf_gl_draw draw = {.entry = GF_DRAW_MULTI_ELEMENTS_BASE_VERTEX,
                                  .mode = mode,
                                  .type = type,
                                  .instances = 1,
                                  .part_count = (uint32_t)drawcount,
                                  .firsts = base_vertices,
                                  .counts = count,
                                  .indices = indices};
  draw_many(&draw, drawcount);
}

/// A mode for each, `stride` bytes apart.
static GLenum mode_at(const GLenum *modes, GLint stride, GLsizei i) {
  return *(const GLenum *)((const uint8_t *)modes + (ptrdiff_t)stride * i);
}

GF_GL_EXPORT void glMultiModeDrawArraysIBM(const GLenum *mode, const GLint *first,
                                           const GLsizei *count, GLsizei primcount,
                                           GLint modestride) {
  if (gf_gl_enter() == NULL)
    return;
  for (GLsizei i = 0; i < primcount; i++) {
    if (count[i] > 0)
      glDrawArrays(mode_at(mode, modestride, i), first[i], count[i]);
  }
}

GF_GL_EXPORT void glMultiModeDrawElementsIBM(const GLenum *mode, const GLsizei *count, GLenum type,
                                             const void *const *indices, GLsizei primcount,
                                             GLint modestride) {
  if (gf_gl_enter() == NULL)
    return;
  for (GLsizei i = 0; i < primcount; i++) {
    if (count[i] > 0)
      glDrawElements(mode_at(mode, modestride, i), count[i], type, indices[i]);
  }
}
