// The texts of ARB programs: bytes without an end, whose number only the driver knows.
#include <string.h>

#include "gl/stub.h"
#include "gl_wire.h"

GF_GL_EXPORT void glGetProgramStringARB(GLenum target, GLenum pname, void *string) {
  struct gf_gl_lane *lane = gf_gl_enter();
  if (lane == NULL)
    return;
  struct gf_gl_glGetProgramStringARB_args *args =
      gf_gl_begin(lane, GF_GL_OP_glGetProgramStringARB, sizeof *args);
  args->target = target;
  args->pname = pname;
  const struct gf_gl_glGetProgramStringARB_reply *reply;
  if (gf_gl_call(lane, (const void **)&reply, sizeof *reply) == 0 && string != NULL)
    memcpy(string, reply + 1, reply->length_bytes);
}

GF_GL_EXPORT void glGetNamedProgramStringEXT(GLuint program, GLenum target, GLenum pname,
                                             void *string) {
  struct gf_gl_lane *lane = gf_gl_enter();
  if (lane == NULL)
    return;
  struct gf_gl_glGetNamedProgramStringEXT_args *args =
      gf_gl_begin(lane, GF_GL_OP_glGetNamedProgramStringEXT, sizeof *args);
  args->program = program;
  args->target = target;
  args->pname = pname;
  const struct gf_gl_glGetNamedProgramStringEXT_reply *reply;
  if (gf_gl_call(lane, (const void **)&reply, sizeof *reply) == 0 && string != NULL)
    memcpy(string, reply + 1, reply->length_bytes);
}
