// Results of queries. With a buffer bound to GL_QUERY_BUFFER the pointer is an offset into it, and nothing
// comes back.
#include "gl/context.h"
#include "gl/export.h"
#include "gl/stub.h"

/// Non-zero if `*value` is the result; 0: an error, or (GL_QUERY_RESULT_NO_WAIT) there is none yet.
static int get(uint16_t opcode, GLuint id, GLenum pname, void *params, int64_t *value) {
  struct gf_gl_lane *lane = gf_gl_enter();
  if (lane == NULL) { // of a lost context everything is there: who asks in a loop comes out of it
    *value = 1;
    return gf_gl.context != NULL && pname == GL_QUERY_RESULT_AVAILABLE && params != NULL;
  }
  struct gf_gl_glGetQueryObjectiv_args *args = gf_gl_begin(lane, opcode, sizeof *args);
  args->offset = (uint64_t)(uintptr_t)params;
  args->id = id;
  args->pname = pname;
  if (gf_gl_bound_buffer(GL_QUERY_BUFFER) != 0) {
    gf_gl_post(lane);
    return 0;
  }
  const void *data;
  if (gf_gl_call(lane, &data, sizeof(struct gf_gl_glGetQueryObjectiv_reply)) != 0)
    return 0;
  const struct gf_gl_glGetQueryObjectiv_reply *reply = data;
  *value = reply->value;
  return reply->written && params != NULL;
}

#define GET(symbol, type)                                                                          \
  GF_GL_EXPORT void symbol(GLuint id, GLenum pname, type *params) {                                \
    int64_t value;                                                                                 \
    if (get(GF_GL_OP_##symbol, id, pname, params, &value))                                         \
      *params = (type)value;                                                                       \
  }

GET(glGetQueryObjectiv, GLint)
GET(glGetQueryObjectuiv, GLuint)
GET(glGetQueryObjecti64v, GLint64)
GET(glGetQueryObjectui64v, GLuint64)
