// What every OpenGL stub, generated or written by hand, is made of:
//
//   gf_gl_enter   this thread's lane, if a context is current
//   gf_gl_begin   a frame in the ring, with gf_gl_room() for each array, which gf_gl_put() fills
//   gf_gl_post    leave it to the next batch      gf_gl_call   send it and wait for the reply
//   gf_gl_post_point, gf_gl_call_point            as these, and other contexts may rely on it
//
//   struct gf_gl_lane *lane = gf_gl_enter();
//   if (lane == NULL)
//     return;
//   struct gf_gl_glUniform4fv_args *args =
//       gf_gl_begin(lane, GF_GL_OP_glUniform4fv, sizeof *args + gf_gl_room(value_bytes));
//   args->location = location;
//   args->count = count;
//   gf_gl_put(lane, &args->value, value, value_bytes, args + 1);
//   gf_gl_post(lane);
//
// Frames are shown to the executor in batches: a store of `head` and a look at the doorbell for each
// would cost more than most commands. OpenGL promises an order between contexts only where one has
// flushed, finished, set a fence or swapped, and those publish at once.
#pragma once

#include <stdint.h>
#include <string.h>

#include "abi/frame.h"
#include "abi/gl.h"
#include "base/readable.h"
#include "gl/thread.h"
#include "gl_effects.h"

/// So many bytes of frames make a batch.
#define GF_GL_BATCH_BYTES 1024u

/// This thread's lane; NULL without a current context, and then a command does nothing and returns 0.
static inline struct gf_gl_lane *gf_gl_enter(void) { return gf_gl.current; }

/// Mappings that stay, and that the executor must be told of (buffer_track.h).
extern uint32_t gf_gl_tracked_count;
void gf_gl_send_tracked(struct gf_gl_lane *lane);

void *gf_gl_begin_oversize(struct gf_gl_lane *lane, uint64_t body_bytes);

/// Shows the executor what lies in the ring.
void gf_gl_publish(struct gf_gl_lane *lane);

/// Publishes, and waits for the command where debug output is synchronous.
void gf_gl_publish_batch(struct gf_gl_lane *lane);

/// Waits for room, having published what the executor must take for there to be any.
struct gf_frame *gf_gl_wait_room(struct gf_gl_lane *lane, uint32_t size_bytes);

/// Reserves a frame; returns its body, not zeroed, never NULL. What is larger than a frame may be goes
/// nowhere.
static inline void *gf_gl_begin(struct gf_gl_lane *lane, uint16_t opcode, uint64_t body_bytes) {
  struct gf_lane_client *client = &lane->client;
  if (gf_gl_reads_buffers[opcode] && // known when this is compiled
      __builtin_expect(gf_load_relaxed(&gf_gl_tracked_count) != 0, 0))
    gf_gl_send_tracked(lane);
  const uint64_t size_bytes = sizeof(struct gf_frame) + GF_ALIGN8(body_bytes);
  if (__builtin_expect(size_bytes > GF_FRAME_MAX_BYTES, 0))
    return gf_gl_begin_oversize(lane, body_bytes);
  struct gf_frame *frame = (struct gf_frame *)(client->ring + (client->head & (GF_RING_BYTES - 1)));
  if (__builtin_expect(client->head + size_bytes > client->room_end, 0))
    frame = gf_gl_wait_room(lane, (uint32_t)size_bytes);
  frame->size_bytes = (uint32_t)size_bytes;
  frame->opcode = opcode;
  frame->flags = 0;
  if (!gf_gl_keeps_state[opcode]) // known when this is compiled
    lane->changes++;
  client->frame = frame;
  return frame + 1;
}

/// What an array takes of the frame's tail: nothing if it is long enough to be staged.
static inline uint64_t gf_gl_room(uint64_t bytes) {
  return bytes > GF_GL_INLINE_MAX_BYTES ? 0 : GF_ALIGN8(bytes);
}

/// Copies a long array into the heap for the executor to read when it comes to this lane's next frame;
/// its offset there, or UINT64_MAX when the heap is full or the session over. May publish and wait,
/// also between gf_gl_begin and gf_gl_post. See stage.c for when the room is free again.
uint64_t gf_gl_stage(struct gf_gl_lane *lane, const void *data, uint64_t bytes);

void gf_gl_put_staged(struct gf_gl_lane *lane, struct gf_gl_payload *payload, const void *data,
                      uint64_t bytes);

/// Puts an array into the frame at `tail`, or beside it; returns where the next one goes. If there is
/// no room for it anywhere the frame is dropped (the reason was logged, GL_OUT_OF_MEMORY raised):
/// posting it does nothing, calling returns -1.
static inline void *gf_gl_put(struct gf_gl_lane *lane, struct gf_gl_payload *payload,
                              const void *data, uint64_t bytes, void *tail) {
  if (__builtin_expect(data == NULL, 0)) {
    *payload = (struct gf_gl_payload){GF_GL_PAYLOAD_NULL, GF_GL_PAYLOAD_INLINE};
    return tail;
  }
  if (__builtin_expect(bytes > GF_GL_INLINE_MAX_BYTES, 0)) {
    gf_gl_put_staged(lane, payload, data, bytes);
    return tail;
  }
  *payload = (struct gf_gl_payload){bytes, GF_GL_PAYLOAD_INLINE};
  if (bytes > GF_TRUSTED_BYTES)
    gf_copy_readable(tail, data, bytes);
  else
    memcpy(tail, data, bytes);
  return (uint8_t *)tail + GF_ALIGN8(bytes);
}

/// Raises the error of a frame that was dropped.
void gf_gl_post_dropped(struct gf_gl_lane *lane);

/// Sends a command with the batch it belongs to.
static inline void gf_gl_post(struct gf_gl_lane *lane) {
  struct gf_lane_client *client = &lane->client;
  struct gf_frame *frame = client->frame;
  if (__builtin_expect(frame == NULL, 0)) {
    gf_gl_post_dropped(lane);
    return;
  }
  client->frame = NULL;
  // Relaxed: threads that synchronise have an order of their own that this load comes after.
  frame->ticket = gf_load_relaxed(&client->region->next_gl_point);
  client->head += frame->size_bytes;
  if (__builtin_expect(client->head >= lane->publish_at, 0))
    gf_gl_publish_batch(lane);
}

/// Sends a command that other contexts may rely on, with everything before it, at once.
void gf_gl_post_point(struct gf_gl_lane *lane);

/// Sends a command and waits. 0, and `*reply` (may be NULL) is at least `reply_bytes` long and valid
/// until this thread's next command; or -1: the session is over, and the stub returns 0 and writes
/// zeroes.
int gf_gl_call(struct gf_gl_lane *lane, const void **reply, uint64_t reply_bytes);
int gf_gl_call_point(struct gf_gl_lane *lane, const void **reply, uint64_t reply_bytes);

/// Waits until the driver has executed everything, on the GPU too. NULL is allowed.
void gf_gl_settle(struct gf_gl_lane *lane);

/// Length of the reply that gf_gl_call returned.
uint32_t gf_gl_reply_bytes(const struct gf_gl_lane *lane);

/// Raises a GL error, as if this thread's next command had: the first one stays until glGetError.
void gf_gl_raise(struct gf_gl_lane *lane, uint32_t error);

/// Logs once per symbol that the command is not forwarded, and raises GL_INVALID_OPERATION.
void gf_gl_refuse(const char *symbol, const char *why);
