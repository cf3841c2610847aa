// glGetError, exact: the first error since it was last asked, whoever found it, the driver or the guest.
#include "gl/context.h"
#include "gl/export.h"
#include "gl/stub.h"
#include "gl_send.h"

// The error is put in line with the commands: the host knows whether the driver found one before.
void gf_gl_raise(struct gf_gl_lane *lane, uint32_t error) {
  struct gf_gl_gfGlRaiseError_args *args = gf_gl_begin(lane, GF_GL_OP_gfGlRaiseError, sizeof *args);
  args->error = error;
  gf_gl_post(lane);
}

GF_GL_EXPORT GLenum glGetGraphicsResetStatus(void) {
  if (gf_gl_enter() != NULL)
    return gf_gl_send_glGetGraphicsResetStatus();
  const struct gf_gl_context *context = gf_gl.context;
  return context != NULL && context->is_robust ? GL_UNKNOWN_CONTEXT_RESET : GL_NO_ERROR;
}

GF_GL_EXPORT GLenum glGetError(void) {
  struct gf_gl_lane *lane = gf_gl_enter();
  struct gf_gl_context *context = gf_gl.context;
  if (lane == NULL)
    return context != NULL && context->is_robust ? GL_CONTEXT_LOST : GL_NO_ERROR;
  // Nothing was sent since the last answer: nothing can have gone wrong.
  if (context->no_error_lane == lane && context->no_error_at == lane->client.head)
    return GL_NO_ERROR;
  (void)gf_gl_begin(lane, GF_GL_OP_glGetError, 0);
  const void *data;
  if (gf_gl_call(lane, &data, sizeof(struct gf_gl_glGetError_reply)) != 0)
    return context->is_robust ? GL_CONTEXT_LOST : GL_NO_ERROR;
  const GLenum error = ((const struct gf_gl_glGetError_reply *)data)->result;
  context->no_error_lane = error == GL_NO_ERROR ? lane : NULL;
  context->no_error_at = lane->client.head;
  return error;
}
