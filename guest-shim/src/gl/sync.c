// Sync objects: their numbers are the guest's, so that a fence need not be waited for to have one. Whether
// it has been reached is asked of the driver every time; a wait blocks this thread's lane alone. Of a lost
// context every fence is reached, as GL_ARB_robustness wants it: who waits in a loop comes out of it.
#include "gl/buffer_track.h"
#include "gl/context.h"
#include "gl/export.h"
#include "gl/stub.h"
#include "gl_send.h"

static void send_fence(struct gf_gl_lane *lane, uint64_t sync, GLenum condition, GLbitfield flags) {
  struct gf_gl_glFenceSync_args *args = gf_gl_begin(lane, GF_GL_OP_glFenceSync, sizeof *args);
  args->sync = sync;
  args->condition = condition;
  args->flags = flags;
  gf_gl_post_point(lane);
}

GF_GL_EXPORT GLsync glFenceSync(GLenum condition, GLbitfield flags) {
  struct gf_gl_lane *lane = gf_gl_enter();
  if (lane == NULL)
    return NULL;
  GLuint sync = 0;
  // What the driver refuses has no number: the host only takes its error.
  if (condition == GL_SYNC_GPU_COMMANDS_COMPLETE && flags == 0)
    gf_gl_names_gen(GF_GL_KIND_SYNC, 1, &sync);
  send_fence(lane, sync, condition, flags);
  return (GLsync)(uintptr_t)sync;
}

GF_GL_EXPORT void glDeleteSync(GLsync sync) {
  struct gf_gl_lane *lane = gf_gl_enter();
  if (lane == NULL || sync == NULL)
    return;
  struct gf_gl_glDeleteSync_args *args = gf_gl_begin(lane, GF_GL_OP_glDeleteSync, sizeof *args);
  args->sync = (uint64_t)(uintptr_t)sync;
  gf_gl_post_point(lane);
  if ((uintptr_t)sync <= UINT32_MAX) {
    const GLuint name = (GLuint)(uintptr_t)sync;
    gf_gl_names_delete(GF_GL_KIND_SYNC, 1, &name);
  }
}

GF_GL_EXPORT GLenum glClientWaitSync(GLsync sync, GLbitfield flags, GLuint64 timeout) {
  const GLenum result = gf_gl_send_glClientWaitSync(sync, flags, timeout);
  if (gf_gl_enter() == NULL)
    return gf_gl.context != NULL ? GL_WAIT_FAILED : 0;
  gf_gl_tracked_finished();
  return result;
}

GF_GL_EXPORT void glGetSynciv(GLsync sync, GLenum pname, GLsizei count, GLsizei *length,
                              GLint *values) {
  gf_gl_send_glGetSynciv(sync, pname, count, length, values);
  if (pname != GL_SYNC_STATUS || count <= 0 || values == NULL)
    return;
  if (gf_gl_enter() == NULL && gf_gl.context != NULL)
    values[0] = GL_SIGNALED;
  else if (values[0] == GL_SIGNALED)
    gf_gl_tracked_finished();
}
