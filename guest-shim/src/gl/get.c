// glGet*: limits and strings from the context's facts, what is remembered of its state (state.h), everything else
// from the host. What the guest
// cannot be certain of it asks for, so that values and errors are always the driver's.
#include <stdlib.h>
#include <string.h>

#include "gl/begin_end.h"
#include "gl/context.h"
#include "gl/export.h"
#include "gl/facts.h"
#include "gl/state.h"
#include "gl/stub.h"
#include "gl_send.h"

/// What is known of `pname` without asking, or NULL.
static const struct gf_gl_limit *known(GLenum pname, struct gf_gl_limit *own) {
  const struct gf_gl_context *context = gf_gl.context;
  if (context == NULL || context->may_be_inside)
    return NULL;
  if (pname == GL_NUM_EXTENSIONS && context->version >= 30) {
    *own = (struct gf_gl_limit){1, {(int32_t)context->facts->extension_count}};
    return own;
  }
  return gf_gl_limit(context->facts, pname);
}

#define GET(name, type, convert, also)                                                             \
  GF_GL_EXPORT void name(GLenum pname, type *data) {                                               \
    struct gf_gl_limit own;                                                                        \
    const struct gf_gl_limit *limit = known(pname, &own);                                          \
    if (limit == NULL)                                                                             \
      limit = also;                                                                                \
    if (limit == NULL) {                                                                           \
      gf_gl_send_##name(pname, data);                                                              \
      return;                                                                                      \
    }                                                                                              \
    for (uint32_t i = 0; i < limit->count; i++)                                                    \
      data[i] = convert(limit->values[i]);                                                         \
  }

#define AS_IS(value) (value)
#define AS_BOOLEAN(value) ((value) != 0 ? GL_TRUE : GL_FALSE)
#define AS_FLOAT(value) ((GLfloat)(value))

// State that changes is remembered as integers; how a driver makes other types of it is the driver's.
GET(glGetIntegerv, GLint, AS_IS, gf_gl_state_value(pname))
GET(glGetInteger64v, GLint64, AS_IS, NULL)
GET(glGetFloatv, GLfloat, AS_FLOAT, NULL)
GET(glGetDoublev, GLdouble, AS_IS, NULL)
GET(glGetBooleanv, GLboolean, AS_BOOLEAN, gf_gl_state_value(pname))

/// A copy that stays as long as the context does: applications keep what glGetString returned.
static const GLubyte *keep(struct gf_gl_context *context, const char *text, size_t bytes) {
  for (struct gf_gl_text *kept = context->texts; kept != NULL; kept = kept->next) {
    if (strlen(kept->text) + 1 == bytes && memcmp(kept->text, text, bytes) == 0)
      return (const GLubyte *)kept->text;
  }
  struct gf_gl_text *kept = malloc(sizeof *kept + bytes);
  if (kept == NULL)
    return NULL;
  memcpy(kept->text, text, bytes);
  kept->next = context->texts;
  context->texts = kept;
  return (const GLubyte *)kept->text;
}

/// Sends the question under construction. Both kinds of question have the same reply.
static const GLubyte *ask(struct gf_gl_lane *lane) {
  const void *data;
  if (gf_gl_call(lane, &data, sizeof(struct gf_gl_glGetString_reply)) != 0)
    return NULL;
  const struct gf_gl_glGetString_reply *reply = data;
  const char *text = (const char *)(reply + 1);
  const uint32_t bytes = reply->text_bytes;
  if (bytes == 0 || bytes > gf_gl_reply_bytes(lane) - sizeof *reply || text[bytes - 1] != '\0')
    return NULL;
  return keep(gf_gl.context, text, bytes);
}

GF_GL_EXPORT const GLubyte *glGetString(GLenum name) {
  struct gf_gl_lane *lane = gf_gl_enter();
  if (lane == NULL || gf_gl_is_inside())
    return NULL;
  const struct gf_gl_context *context = gf_gl.context;
  switch (name) {
  case GL_VENDOR:
    return (const GLubyte *)context->facts->vendor;
  case GL_RENDERER:
    return (const GLubyte *)context->facts->renderer;
  case GL_VERSION:
    return (const GLubyte *)context->facts->version;
  case GL_SHADING_LANGUAGE_VERSION:
    if (context->facts->shading_language[0] == '\0')
      break;
    return (const GLubyte *)context->facts->shading_language;
  case GL_EXTENSIONS:
    if (context->is_core)
      break;
    return (const GLubyte *)context->facts->extensions;
  default:
    break;
  }
  // Of an extension's own (why an assembled program was refused), or wrong: the host's to answer.
  struct gf_gl_glGetString_args *args = gf_gl_begin(lane, GF_GL_OP_glGetString, sizeof *args);
  args->name = name;
  return ask(lane);
}

GF_GL_EXPORT const GLubyte *glGetStringi(GLenum name, GLuint index) {
  struct gf_gl_lane *lane = gf_gl_enter();
  if (lane == NULL || gf_gl_is_inside())
    return NULL;
  const struct gf_gl_context *context = gf_gl.context;
  if (name == GL_EXTENSIONS) {
    if (index < context->facts->extension_count)
      return (const GLubyte *)context->facts->extension[index];
    gf_gl_raise(lane, GL_INVALID_VALUE);
    return NULL;
  }
  struct gf_gl_glGetStringi_args *args = gf_gl_begin(lane, GF_GL_OP_glGetStringi, sizeof *args);
  args->name = name;
  args->index = index;
  return ask(lane);
}
