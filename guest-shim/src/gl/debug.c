#include "gl/debug.h"

#include <stdlib.h>
#include <string.h>

#include "gl/context.h"
#include "gl/export.h"
#include "gl/stub.h"

struct gf_gl_debug {
  GLDEBUGPROC callback;
  const void *user_param;
  int is_synchronous;
};

void gf_gl_debug_free(struct gf_gl_debug *debug) { free(debug); }

static struct gf_gl_debug *debug_of(struct gf_gl_context *context) {
  if (context->debug == NULL)
    context->debug = calloc(1, sizeof *context->debug);
  return context->debug;
}

int gf_gl_debug_is_synchronous(const struct gf_gl_debug *debug) {
  return debug != NULL && debug->callback != NULL && debug->is_synchronous;
}

static void apply(struct gf_gl_lane *lane, const struct gf_gl_debug *debug) {
  lane->each_call_waits = gf_gl_debug_is_synchronous(debug);
  if (lane->each_call_waits)
    lane->publish_at = 0;
}

void *gf_gl_debug_pointer(GLenum pname) {
  const struct gf_gl_debug *debug = gf_gl.context->debug;
  if (debug == NULL)
    return NULL;
  return pname == GL_DEBUG_CALLBACK_FUNCTION ? (void *)(uintptr_t)debug->callback
                                             : (void *)(uintptr_t)debug->user_param;
}

GF_GL_EXPORT void glDebugMessageCallback(GLDEBUGPROC callback, const void *userParam) {
  struct gf_gl_lane *lane = gf_gl_enter();
  struct gf_gl_debug *debug = lane != NULL ? debug_of(gf_gl.context) : NULL;
  if (debug == NULL)
    return;
  debug->callback = callback;
  debug->user_param = userParam;
  struct gf_gl_glDebugMessageCallback_args *args =
      gf_gl_begin(lane, GF_GL_OP_glDebugMessageCallback, sizeof *args);
  args->has_callback = callback != NULL;
  gf_gl_post(lane);
  apply(lane, debug);
}

static void set_synchronous(GLenum cap, int on) {
  if (cap != GL_DEBUG_OUTPUT_SYNCHRONOUS || gf_gl.current == NULL)
    return;
  struct gf_gl_debug *debug = debug_of(gf_gl.context);
  if (debug == NULL)
    return;
  debug->is_synchronous = on;
  apply(gf_gl.current, debug);
}

void gf_gl_observe_glEnable(GLenum cap) { set_synchronous(cap, 1); }
void gf_gl_observe_glDisable(GLenum cap) { set_synchronous(cap, 0); }

/// Messages and their texts, in memory of the lane's own while callbacks run.
static void hand_over(const struct gf_gl_debug *debug,
                      const struct gf_gl_gfGlFetchMessages_reply *reply, uint64_t bytes) {
  const struct gf_gl_message *messages = (const struct gf_gl_message *)(reply + 1);
  const uint64_t messages_bytes = GF_ALIGN8(reply->count * sizeof *messages);
  if (bytes < sizeof *reply || messages_bytes > bytes - sizeof *reply ||
      reply->text_bytes > bytes - sizeof *reply - messages_bytes)
    return;
  const char *text = (const char *)messages + messages_bytes;
  const char *const end = text + reply->text_bytes;
  for (uint32_t i = 0; i < reply->count && debug != NULL && debug->callback != NULL; i++) {
    const struct gf_gl_message *message = &messages[i];
    if (message->text_bytes == 0 || message->text_bytes > (uint64_t)(end - text) ||
        text[message->text_bytes - 1] != '\0')
      return;
    debug->callback(message->source, message->type, message->id, message->severity,
                    (GLsizei)message->text_bytes - 1, text, debug->user_param);
    text += message->text_bytes;
  }
}

void gf_gl_debug_fetch(struct gf_gl_lane *lane) {
  const struct gf_gl_debug *debug = gf_gl.context != NULL ? gf_gl.context->debug : NULL;
  if (lane->is_fetching) // a callback that calls OpenGL
    return;
  lane->is_fetching = 1;
  const void *data;
  (void)gf_gl_begin(lane, GF_GL_OP_gfGlFetchMessages, 0);
  if (gf_gl_call(lane, &data, sizeof(struct gf_gl_gfGlFetchMessages_reply)) == 0) {
    const uint32_t bytes = gf_gl_reply_bytes(lane);
    void *copy = malloc(bytes);
    if (copy != NULL) {
      memcpy(copy, data, bytes);
      hand_over(debug, copy, bytes);
      free(copy);
    }
  }
  lane->is_fetching = 0;
}

const void *gf_gl_debug_fetch_beside(struct gf_gl_lane *lane, const void *reply, uint32_t bytes) {
  if (lane->is_fetching)
    return reply;
  void *kept = gf_gl_scratch(lane, bytes);
  if (kept == NULL)
    return reply;
  memcpy(kept, reply, bytes);
  gf_gl_debug_fetch(lane);
  return kept;
}

GF_GL_EXPORT GLuint glGetDebugMessageLog(GLuint count, GLsizei bufSize, GLenum *sources,
                                         GLenum *types, GLuint *ids, GLenum *severities,
                                         GLsizei *lengths, GLchar *messageLog) {
  struct gf_gl_lane *lane = gf_gl_enter();
  if (lane == NULL)
    return 0;
  struct gf_gl_glGetDebugMessageLog_args *args =
      gf_gl_begin(lane, GF_GL_OP_glGetDebugMessageLog, sizeof *args);
  args->count = count;
  args->text_bytes = bufSize;
  args->wants_text = messageLog != NULL;
  const void *data;
  if (gf_gl_call(lane, &data, sizeof(struct gf_gl_glGetDebugMessageLog_reply)) != 0)
    return 0;
  const struct gf_gl_glGetDebugMessageLog_reply *reply = data;
  const struct gf_gl_message *messages = (const struct gf_gl_message *)(reply + 1);
  for (GLuint i = 0; i < reply->count && i < count; i++) {
    if (sources != NULL)
      sources[i] = messages[i].source;
    if (types != NULL)
      types[i] = messages[i].type;
    if (ids != NULL)
      ids[i] = messages[i].id;
    if (severities != NULL)
      severities[i] = messages[i].severity;
    if (lengths != NULL)
      lengths[i] = (GLsizei)messages[i].text_bytes;
  }
  const char *text = (const char *)messages + GF_ALIGN8(reply->count * sizeof *messages);
  if (messageLog != NULL && (int64_t)reply->text_bytes <= bufSize)
    memcpy(messageLog, text, reply->text_bytes);
  return reply->count;
}
