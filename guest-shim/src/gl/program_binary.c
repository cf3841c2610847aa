// A linked program as the driver would store it.
#include <string.h>

#include "gl/stub.h"
#include "gl_wire.h"

GF_GL_EXPORT void glGetProgramBinary(GLuint program, GLsizei capacity, GLsizei *length,
                                     GLenum *format, void *binary) {
  struct gf_gl_lane *lane = gf_gl_enter();
  if (lane == NULL)
    return;
  struct gf_gl_glGetProgramBinary_args *args =
      gf_gl_begin(lane, GF_GL_OP_glGetProgramBinary, sizeof *args);
  args->program = program;
  args->capacity_bytes = capacity;
  const struct gf_gl_glGetProgramBinary_reply *reply;
  if (gf_gl_call(lane, (const void **)&reply, sizeof *reply) != 0)
    return;
  if (length != NULL)
    *length = reply->length_bytes;
  if (reply->length_bytes == 0)
    return;
  if (format != NULL)
    *format = reply->format;
  if (binary != NULL)
    memcpy(binary, reply + 1, (size_t)reply->length_bytes);
}
