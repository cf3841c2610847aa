#include "gl/modes.h"

#include <stdlib.h>
#include <string.h>

#include "gl/context.h"
#include "gl/export.h"
#include "gl/stub.h"
#include "heap/heap.h"
#include "session/session.h"

struct target {
  uint32_t *words; ///< the application's
  GLsizei count;
};

struct gf_gl_modes {
  struct target select, feedback;
};

void gf_gl_modes_free(struct gf_gl_modes *modes) { free(modes); }

static struct gf_gl_modes *modes(void) {
  struct gf_gl_context *context = gf_gl.context;
  if (context->modes == NULL)
    context->modes = calloc(1, sizeof *context->modes);
  return context->modes;
}

void *gf_gl_modes_pointer(GLenum pname) {
  const struct gf_gl_modes *mine = gf_gl.context->modes;
  if (mine == NULL)
    return NULL;
  return pname == GL_SELECTION_BUFFER_POINTER ? mine->select.words : mine->feedback.words;
}

/// Both commands have the same frame. Non-zero if the driver took it.
static int announce(struct gf_gl_lane *lane, uint16_t opcode, GLsizei size, GLenum type) {
  struct gf_gl_glSelectBuffer_args *args = gf_gl_begin(lane, opcode, sizeof *args);
  args->size = size;
  args->type = type;
  const void *data;
  return gf_gl_call(lane, &data, sizeof(struct gf_gl_glSelectBuffer_reply)) == 0 &&
         ((const struct gf_gl_glSelectBuffer_reply *)data)->accepted;
}

GF_GL_EXPORT void glSelectBuffer(GLsizei size, GLuint *buffer) {
  struct gf_gl_lane *lane = gf_gl_enter();
  if (lane != NULL && modes() != NULL && announce(lane, GF_GL_OP_glSelectBuffer, size, 0))
    modes()->select = (struct target){buffer, size};
}

GF_GL_EXPORT void glFeedbackBuffer(GLsizei size, GLenum type, GLfloat *buffer) {
  struct gf_gl_lane *lane = gf_gl_enter();
  if (lane != NULL && modes() != NULL && announce(lane, GF_GL_OP_glFeedbackBuffer, size, type))
    modes()->feedback = (struct target){(uint32_t *)buffer, size};
}

/// Words that fit a reply beside its own fields.
#define REPLY_WORDS ((GF_REPLY_DATA_BYTES - 64u) / 4u)

GF_GL_EXPORT GLint glRenderMode(GLenum mode) {
  struct gf_gl_lane *lane = gf_gl_enter();
  if (lane == NULL || modes() == NULL)
    return 0;
  const struct gf_gl_modes *mine = modes();
  const uint32_t most =
      (uint32_t)(mine->select.count > mine->feedback.count ? mine->select.count
                                                           : mine->feedback.count);
  struct gf_heap_block block = {0};
  const int is_long = most > REPLY_WORDS;
  if (is_long && !gf_heap_alloc(most * 4ull, GF_HEAP_STAGING, &block)) {
    gf_gl_raise(lane, GL_OUT_OF_MEMORY);
    return 0;
  }
  struct gf_gl_glRenderMode_args *args = gf_gl_begin(lane, GF_GL_OP_glRenderMode, sizeof *args);
  args->memory = (struct gf_heap_range){block.offset_bytes, is_long ? most * 4ull : 0};
  args->mode = mode;
  const void *data;
  const struct gf_gl_glRenderMode_reply *reply = NULL;
  if (gf_gl_call(lane, &data, sizeof *reply) == 0)
    reply = data;
  const GLint result = reply != NULL ? reply->result : 0;
  if (reply != NULL && reply->words > 0) {
    const struct target *target = reply->ended == GL_SELECT ? &mine->select : &mine->feedback;
    const void *words = is_long ? (const void *)(gf_session.heap + block.offset_bytes) : reply + 1;
    if (target->words != NULL && reply->words <= (uint32_t)target->count)
      memcpy(target->words, words, reply->words * 4ull);
  }
  if (is_long)
    gf_heap_free(block.offset_bytes);
  return result;
}
