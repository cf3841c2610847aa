// glGetPixelMap*: how long a map is only the driver knows; into a pack buffer it writes itself.
#include <string.h>

#include "gl/context.h"
#include "gl/export.h"
#include "gl/stub.h"
#include "gl_api.h"

/// The three commands' frames and replies are alike.
static void get(uint16_t opcode, GLenum map, void *values, size_t value_bytes) {
  struct gf_gl_lane *lane = gf_gl_enter();
  if (lane == NULL)
    return;
  const int to_buffer = gf_gl_client_state()->arrays.pixel_pack_buffer != 0;
  struct gf_gl_glGetPixelMapfv_args *args = gf_gl_begin(lane, opcode, sizeof *args);
  args->offset = to_buffer ? (uintptr_t)values : 0;
  args->map = map;
  args->to_buffer = (uint32_t)to_buffer;
  if (to_buffer) {
    gf_gl_post(lane);
    return;
  }
  const void *data;
  if (gf_gl_call(lane, &data, sizeof(struct gf_gl_glGetPixelMapfv_reply)) != 0)
    return;
  const struct gf_gl_glGetPixelMapfv_reply *reply = data;
  const uint64_t bytes = reply->values_count * (uint64_t)value_bytes;
  if (bytes <= gf_gl_reply_bytes(lane) - sizeof *reply && bytes != 0 && values != NULL)
    memcpy(values, reply + 1, bytes);
}

GF_GL_EXPORT void glGetPixelMapfv(GLenum map, GLfloat *values) {
  get(GF_GL_OP_glGetPixelMapfv, map, values, sizeof *values);
}

GF_GL_EXPORT void glGetPixelMapuiv(GLenum map, GLuint *values) {
  get(GF_GL_OP_glGetPixelMapuiv, map, values, sizeof *values);
}

GF_GL_EXPORT void glGetPixelMapusv(GLenum map, GLushort *values) {
  get(GF_GL_OP_glGetPixelMapusv, map, values, sizeof *values);
}
