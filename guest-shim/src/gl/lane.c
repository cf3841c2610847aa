// Everything of stub.h that is not the common case of an asynchronous command.
#include <GL/gl.h>
#include <stdlib.h>

#include "base/log.h"
#include "gl/debug.h"
#include "gl/stub.h"
#include "gl_wire.h"
#include "session/session.h"

void gf_gl_publish(struct gf_gl_lane *lane) {
  struct gf_lane_client *client = &lane->client;
  lane->publish_at = lane->each_call_waits ? 0 : client->head + GF_GL_BATCH_BYTES;
  if (gf_load_relaxed(&client->shared->head) == client->head)
    return;
  // Partner: the lane thread's acquire of head. Everything written to the frames is visible with it.
  gf_store_release(&client->shared->head, client->head);
  gf_lane_look_at_doorbell(client->doorbell);
}

void gf_gl_publish_batch(struct gf_gl_lane *lane) {
  gf_gl_publish(lane);
  if (lane->each_call_waits)
    gf_gl_debug_fetch(lane);
}

struct gf_frame *gf_gl_wait_room(struct gf_gl_lane *lane, uint32_t size_bytes) {
  gf_gl_publish(lane);
  struct gf_frame *frame = gf_lane_wait_room(&lane->client, size_bytes);
  if (gf_session_is_ended())
    gf_gl_lose(lane);
  return frame;
}

void *gf_gl_begin_oversize(struct gf_gl_lane *lane, uint64_t body_bytes) {
  gf_log(GF_LOG_WARN, "an OpenGL command of %llu bytes does not fit a frame",
         (unsigned long long)body_bytes);
  struct gf_lane_client *client = &lane->client;
  free(client->oversize);
  client->oversize = malloc(body_bytes);
  if (client->oversize == NULL)
    abort(); // the application asked for more than its own memory holds
  client->frame = NULL;
  lane->dropped = 1;
  return client->oversize;
}

void gf_gl_put_staged(struct gf_gl_lane *lane, struct gf_gl_payload *payload, const void *data,
                      uint64_t bytes) {
  struct gf_frame *frame = lane->client.frame;
  const uint64_t offset_bytes = frame != NULL ? gf_gl_stage(lane, data, bytes) : UINT64_MAX;
  if (offset_bytes == UINT64_MAX) {
    lane->client.frame = NULL;
    lane->dropped = !gf_session_is_ended();
    if (lane->dropped)
      gf_log(GF_LOG_ERROR, "an OpenGL command was dropped: no room to stage %llu bytes",
             (unsigned long long)bytes);
    return;
  }
  lane->client.frame = frame;
  *payload = (struct gf_gl_payload){bytes, offset_bytes};
  lane->publish_at = 0; // the executor may begin to read what took so long to copy
}

// The error waits until here, because the stub went on writing to the place of its frame.
void gf_gl_post_dropped(struct gf_gl_lane *lane) {
  if (lane->dropped)
    gf_gl_raise(lane, GL_OUT_OF_MEMORY);
  lane->dropped = 0;
}

/// The frame under construction is written: the ring's next frame begins behind it.
static int finish_frame(struct gf_gl_lane *lane, uint16_t flags) {
  struct gf_lane_client *client = &lane->client;
  struct gf_frame *frame = client->frame;
  if (frame == NULL) {
    gf_gl_post_dropped(lane);
    return -1;
  }
  client->frame = NULL;
  frame->flags = flags;
  // No gap is left between taking a point and showing it, because other lanes wait for it to appear.
  frame->ticket = flags & GF_FRAME_POINT ? gf_fetch_add_relaxed(&client->region->next_gl_point, 1)
                                         : gf_load_relaxed(&client->region->next_gl_point);
  client->head += frame->size_bytes;
  client->syncs += (flags & GF_FRAME_SYNC) != 0;
  gf_gl_publish(lane);
  return 0;
}

void gf_gl_post_point(struct gf_gl_lane *lane) {
  if (finish_frame(lane, GF_FRAME_POINT) == 0 && lane->each_call_waits)
    gf_gl_debug_fetch(lane);
}

uint32_t gf_gl_reply_bytes(const struct gf_gl_lane *lane) {
  const uint32_t bytes = lane->client.shared->size_bytes;
  return bytes < GF_REPLY_DATA_BYTES ? bytes : GF_REPLY_DATA_BYTES;
}

static int call(struct gf_gl_lane *lane, uint16_t flags, const void **reply, uint64_t reply_bytes) {
  if (finish_frame(lane, flags) != 0)
    return -1;
  if (gf_lane_await(&lane->client) != 0) {
    gf_gl_lose(lane);
    return -1;
  }
  const uint32_t got_bytes = gf_gl_reply_bytes(lane);
  if (reply != NULL && got_bytes < reply_bytes) {
    gf_log(GF_LOG_ERROR, "a reply of the executor is too short");
    return -1;
  }
  const void *data = gf_lane_reply(&lane->client);
  if (lane->client.shared->status & GF_GL_STATUS_MESSAGES)
    data = gf_gl_debug_fetch_beside(lane, data, got_bytes);
  if (reply != NULL)
    *reply = data;
  return 0;
}

int gf_gl_call(struct gf_gl_lane *lane, const void **reply, uint64_t reply_bytes) {
  return call(lane, GF_FRAME_SYNC, reply, reply_bytes);
}

int gf_gl_call_point(struct gf_gl_lane *lane, const void **reply, uint64_t reply_bytes) {
  return call(lane, GF_FRAME_SYNC | GF_FRAME_POINT, reply, reply_bytes);
}

void gf_gl_refuse(const char *symbol, const char *why) {
  if (gf_gl.current == NULL)
    return;
  gf_gl_raise(gf_gl.current, GL_INVALID_OPERATION);
  // A small set of names already told of; when it is full, lines repeat.
  static const char *told[256];
  for (int i = 0; i < 256; i++) {
    const char *none = NULL;
    if (__atomic_compare_exchange_n(&told[i], &none, symbol, 0, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
      break;
    if (none == symbol)
      return;
  }
  gf_log(GF_LOG_WARN, "%s is not supported: %s", symbol, why);
}

void gf_gl_settle(struct gf_gl_lane *lane) {
  if (lane == NULL)
    return;
  (void)gf_gl_begin(lane, GF_GL_OP_glFinish, 0);
  gf_gl_call_point(lane, NULL, 0);
}
