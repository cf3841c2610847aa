#include "gl/buffer_track.h"

#include <stdlib.h>
#include <string.h>

#include "abi/base.h"
#include "base/written_pages.h"
#include "gl/context.h"
#include "gl/stub.h"
#include "gl_wire.h"
#include "heap/heap.h"
#include "session/session.h"

uint32_t gf_gl_tracked_count;

/// So much is compared at once, and sent if it differs.
#define BLOCK_BYTES 1024u
/// So much goes into one frame.
#define SLICE_BYTES (1ull << 20)

struct gf_gl_track {
  uint64_t offset_bytes, bytes; ///< of the mapping, in the buffer
  int is_read, is_written;      ///< by the application
  int is_stale;   ///< the driver has changed the buffer since its contents were fetched
  int is_watched; ///< the kernel tells which of the pages were written to
  uint8_t *pages; ///< around the mapping
  uint64_t pages_bytes;
  uint8_t sent[]; ///< what the executor knows the mapping to hold
};

/// Of smaller mappings comparing all is as fast as asking the kernel.
#define WATCHED_MIN_BYTES (64u << 10)

void gf_gl_track_free(struct gf_gl_track *track) {
  if (track != NULL && track->is_watched)
    gf_written_unwatch(track->pages, track->pages_bytes);
  free(track);
}

static void watch(struct gf_gl_track *track, uint8_t *memory) {
  const uint64_t first = (uint64_t)memory & ~(uint64_t)(GF_PAGE_BYTES - 1);
  const uint64_t end =
      ((uint64_t)memory + track->bytes + GF_PAGE_BYTES - 1) & ~(uint64_t)(GF_PAGE_BYTES - 1);
  track->pages = (uint8_t *)first;
  track->pages_bytes = end - first;
  track->is_watched = track->is_written && track->bytes >= WATCHED_MIN_BYTES &&
                      gf_written_watch(track->pages, track->pages_bytes);
}

void gf_gl_track(struct gf_gl_buffer *buffer) {
  struct gf_gl_track *track = malloc(sizeof *track + buffer->map_bytes);
  if (track == NULL)
    return; // written when it is unmapped
  *track = (struct gf_gl_track){
      .offset_bytes = buffer->map_offset_bytes,
      .bytes = buffer->map_bytes,
      .is_read = (buffer->access & GL_MAP_READ_BIT) != 0,
      // What is flushed is sent when it is.
      .is_written =
          (buffer->access & (GL_MAP_WRITE_BIT | GL_MAP_FLUSH_EXPLICIT_BIT)) == GL_MAP_WRITE_BIT,
  };
  memcpy(track->sent, buffer->memory + track->offset_bytes, track->bytes);
  watch(track, buffer->memory + track->offset_bytes);
  gf_gl_buffer_set_track(buffer, track);
}

static void send_slice(struct gf_gl_lane *lane, const struct gf_gl_buffer *buffer, uint64_t at,
                       uint64_t bytes) {
  struct gf_gl_gfGlWriteMapped_args *args =
      gf_gl_begin(lane, GF_GL_OP_gfGlWriteMapped, sizeof *args + gf_gl_room(bytes));
  args->offset = buffer->track->offset_bytes + at;
  args->target = 0;
  args->buffer = buffer->name;
  gf_gl_put(lane, &args->data, buffer->track->sent + at, bytes, args + 1);
  gf_gl_post(lane);
}

/// Bytes of the block at `at`.
static uint64_t block(const struct gf_gl_track *track, uint64_t at) {
  return track->bytes - at < BLOCK_BYTES ? track->bytes - at : BLOCK_BYTES;
}

/// What differs in [first, limit) of the mapping.
static void send_differences(struct gf_gl_lane *lane, struct gf_gl_buffer *buffer, uint64_t first,
                             uint64_t limit) {
  struct gf_gl_track *track = buffer->track;
  const uint8_t *memory = buffer->memory + track->offset_bytes;
  for (uint64_t at = first & ~(uint64_t)(BLOCK_BYTES - 1); at < limit;) {
    if (memcmp(memory + at, track->sent + at, block(track, at)) == 0) {
      at += block(track, at);
      continue;
    }
    uint64_t end = at;
    do { // another thread may write meanwhile: what is sent is what was kept
      memcpy(track->sent + end, memory + end, block(track, end));
      end += block(track, end);
    } while (end < limit && end - at < SLICE_BYTES &&
             memcmp(memory + end, track->sent + end, block(track, end)) != 0);
    send_slice(lane, buffer, at, end - at);
    at = end;
  }
}

static void send_written(struct gf_gl_lane *lane, struct gf_gl_buffer *buffer) {
  struct gf_gl_track *track = buffer->track;
  if (!track->is_written)
    return;
  const uint64_t first = (uint64_t)(buffer->memory + track->offset_bytes);
  const uint64_t end = (uint64_t)track->pages + track->pages_bytes;
  uint64_t at = track->is_watched ? (uint64_t)track->pages : end;
  // A page is watched again before it is looked at: what is written meanwhile is found the next time.
  while (at < end) {
    enum { AT_ONCE = 64 };
    struct gf_written written[AT_ONCE];
    const int count = gf_written_take(at, end, written, AT_ONCE, &at);
    if (count < 0) {
      gf_written_unwatch(track->pages, track->pages_bytes);
      track->is_watched = 0;
      break;
    }
    for (int i = 0; i < count; i++) {
      const uint64_t low = written[i].first > first ? written[i].first - first : 0;
      const uint64_t high = written[i].end - first;
      send_differences(lane, buffer, low, high < track->bytes ? high : track->bytes);
    }
  }
  if (!track->is_watched)
    send_differences(lane, buffer, 0, track->bytes);
}

static void send_one(struct gf_gl_buffer *buffer, void *lane) { send_written(lane, buffer); }

void gf_gl_send_tracked(struct gf_gl_lane *lane) {
  const int skips = lane->skips_tracked;
  lane->skips_tracked = 0;
  if (!skips && gf_gl.context != NULL)
    gf_gl_buffers_each_tracked(send_one, lane);
}

void gf_gl_untrack(struct gf_gl_lane *lane, struct gf_gl_buffer *buffer) {
  send_written(lane, buffer);
  gf_gl_buffer_set_track(buffer, NULL);
}

void gf_gl_track_written(struct gf_gl_buffer *buffer, int64_t offset_bytes, uint64_t bytes,
                         const void *data) {
  struct gf_gl_track *track = buffer->track;
  if (track == NULL || data == NULL || offset_bytes < 0 || bytes > buffer->size_bytes ||
      (uint64_t)offset_bytes > buffer->size_bytes - bytes)
    return;
  const uint64_t start = (uint64_t)offset_bytes, end = start + bytes;
  const uint64_t low = start > track->offset_bytes ? start : track->offset_bytes;
  const uint64_t limit = track->offset_bytes + track->bytes;
  const uint64_t high = end < limit ? end : limit;
  if (low >= high)
    return;
  const uint8_t *from = (const uint8_t *)data + (low - start);
  memcpy(buffer->memory + low, from, high - low);
  memcpy(track->sent + (low - track->offset_bytes), from, high - low);
}

void gf_gl_track_changed(struct gf_gl_buffer *buffer) {
  if (buffer->track != NULL)
    buffer->track->is_stale = 1;
}

/// Fetches the mapping's bytes into the heap.
static int fetch(struct gf_gl_lane *lane, const struct gf_gl_buffer *buffer,
                 const struct gf_heap_block *block) {
  lane->skips_tracked = 1; // sent already, and the lock is held
  struct gf_gl_glGetBufferSubData_args *args =
      gf_gl_begin(lane, GF_GL_OP_glGetBufferSubData, sizeof *args);
  args->offset = (int64_t)buffer->track->offset_bytes;
  args->size = (int64_t)buffer->track->bytes;
  args->memory = (struct gf_heap_range){block->offset_bytes, buffer->track->bytes};
  args->target = 0;
  args->buffer = buffer->name;
  args->for_the_guest = 1;
  args->pad = 0;
  const void *reply;
  return gf_gl_call(lane, &reply, sizeof(struct gf_gl_glGetBufferSubData_reply)) == 0 &&
         ((const struct gf_gl_glGetBufferSubData_reply *)reply)->written;
}

/// What differs from what was known is the driver's; what the application has written since is its own.
static void take(struct gf_gl_buffer *buffer, const uint8_t *fetched) {
  struct gf_gl_track *track = buffer->track;
  uint8_t *memory = buffer->memory + track->offset_bytes;
  for (uint64_t at = 0; at < track->bytes; at += BLOCK_BYTES) {
    const uint64_t bytes = block(track, at);
    if (memcmp(track->sent + at, fetched + at, bytes) == 0)
      continue;
    for (uint64_t i = at; i < at + bytes; i++) {
      if (track->sent[i] != fetched[i])
        memory[i] = fetched[i];
    }
    memcpy(track->sent + at, fetched + at, bytes);
  }
}

static void fetch_one(struct gf_gl_buffer *buffer, void *argument) {
  struct gf_gl_lane *lane = argument;
  struct gf_gl_track *track = buffer->track;
  struct gf_heap_block block;
  // A copy inside the driver is looked for also through a mapping that may be written alone.
  if (!track->is_stale && !(track->is_read && buffer->gpu_writes))
    return;
  send_written(lane, buffer);
  if (!gf_heap_alloc(track->bytes, GF_HEAP_STAGING, &block))
    return;
  if (fetch(lane, buffer, &block))
    take(buffer, gf_session.heap + block.offset_bytes);
  track->is_stale = 0;
  gf_heap_free(block.offset_bytes);
}

void gf_gl_tracked_finished(void) {
  struct gf_gl_lane *lane = gf_gl_enter();
  if (lane != NULL && gf_load_relaxed(&gf_gl_tracked_count) != 0)
    gf_gl_buffers_each_tracked(fetch_one, lane);
}
