#include "gl/window/frames.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "base/futex.h"
#include "base/log.h"
#include "gl/x11/put.h"
#include "session/session.h"

/// So often a sleeper looks whether there is still somebody to wake it.
#define GF_LOOK_NS 100000000ull
/// Slots grow in steps, so that a window that is being resized does not move at every pixel.
#define GF_SLOT_STEP_BYTES (256u << 10)

static uint32_t *done_word(const struct gf_frames *frames, uint32_t slot) {
  return (uint32_t *)(gf_session.heap + frames->block.offset_bytes +
                      slot * (uint64_t)GF_CACHE_LINE_BYTES);
}

static uint64_t slot_offset(const struct gf_frames *frames, uint32_t slot) {
  return frames->block.offset_bytes + GF_PAGE_BYTES + slot * frames->slot_bytes;
}

static int is_stale(const struct gf_frames *frames) {
  return frames->generation != gf_session_generation;
}

/// Waits until the executor has filled a slot. Zero if it never will.
static int await_pixels(const struct gf_frames *frames, uint32_t slot, uint32_t done_value) {
  uint32_t *word = done_word(frames, slot);
  // Partner: the executor's release of the word, after the last pixel.
  for (uint32_t seen; (seen = gf_load_acquire(word)) != done_value;) {
    const uint64_t before_ns = gf_now_ns();
    gf_futex_wait(word, seen, GF_LOOK_NS);
    if (gf_now_ns() - before_ns >= GF_LOOK_NS && gf_session_check())
      return 0;
  }
  return 1;
}

/// Waits until `queued` is not `shown`. Zero when the frames end.
static int await_job(struct gf_frames *frames, uint32_t shown) {
  while (gf_load_acquire(&frames->queued) == shown) {
    if (gf_load_acquire(&frames->ends))
      return 0;
    gf_store_relaxed(&frames->presenter_sleeps, 1);
    gf_fence_seq_cst();
    if (gf_load_acquire(&frames->queued) == shown && !gf_load_acquire(&frames->ends))
      gf_futex_wait(&frames->queued, shown, GF_LOOK_NS * 10);
    gf_store_relaxed(&frames->presenter_sleeps, 0);
  }
  return 1;
}

static void *present(void *argument) {
  struct gf_frames *frames = argument;
  int works = 1;
  for (uint32_t shown = frames->shown; await_job(frames, shown); shown++) {
    const uint32_t slot = shown % GF_FRAME_SLOTS;
    const struct gf_frame_job *job = &frames->jobs[slot];
    works = works && await_pixels(frames, slot, job->done_value);
    if (works && !gf_load_relaxed(&frames->target->is_gone)) {
      const struct gf_x_picture picture = {
          .pixels = gf_session.heap + slot_offset(frames, slot),
          .offset_bytes = slot_offset(frames, slot),
          .width = job->width,
          .height = job->height,
          .x = job->x,
          .y = job->y,
      };
      gf_x_put(frames->target, &picture);
    }
    gf_store_release(&frames->shown, shown + 1);
    gf_fence_seq_cst();
    if (gf_load_relaxed(&frames->producer_sleeps))
      gf_futex_wake(&frames->shown, 1);
  }
  return NULL;
}

/// Waits until at most `most` pictures are on their way.
static void await_shown(struct gf_frames *frames, uint32_t most) {
  for (uint32_t shown; frames->queued - (shown = gf_load_acquire(&frames->shown)) > most;) {
    gf_store_relaxed(&frames->producer_sleeps, 1);
    gf_fence_seq_cst();
    if (gf_load_acquire(&frames->shown) == shown)
      gf_futex_wait(&frames->shown, shown, GF_LOOK_NS);
    gf_store_relaxed(&frames->producer_sleeps, 0);
  }
}

static int start_thread(struct gf_frames *frames) {
  // The application's signals are the application's threads'.
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  frames->has_thread = pthread_create(&frames->thread, NULL, present, frames) == 0;
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  if (!frames->has_thread)
    gf_log(GF_LOG_ERROR, "no thread to present a window's pictures");
  return frames->has_thread;
}

static int make_room(struct gf_frames *frames, uint64_t bytes) {
  if (bytes <= frames->slot_bytes)
    return 1;
  await_shown(frames, 0);
  if (frames->slot_bytes != 0)
    gf_heap_free(frames->block.offset_bytes);
  frames->slot_bytes = 0;
  const uint64_t slot_bytes =
      (bytes + GF_SLOT_STEP_BYTES - 1) / GF_SLOT_STEP_BYTES * GF_SLOT_STEP_BYTES;
  if (gf_session.heap == NULL ||
      !gf_heap_alloc(GF_PAGE_BYTES + GF_FRAME_SLOTS * slot_bytes, GF_HEAP_STAGING, &frames->block))
    return 0;
  memset(gf_session.heap + frames->block.offset_bytes, 0, GF_PAGE_BYTES);
  frames->slot_bytes = slot_bytes;
  frames->next_done = 1;
  return 1;
}

struct gf_frames *gf_frames_new(struct gf_x_target *target) {
  struct gf_frames *frames = calloc(1, sizeof *frames);
  if (frames == NULL)
    return NULL;
  frames->target = target;
  frames->generation = gf_session_generation;
  return frames;
}

void gf_frames_free(struct gf_frames *frames) {
  // In a forked child there is neither a thread nor a heap to give back, and X is the parent's.
  if (!is_stale(frames)) {
    if (frames->has_thread) {
      gf_store_release(&frames->ends, 1);
      gf_futex_wake(&frames->queued, 1);
      pthread_join(frames->thread, NULL);
    }
    if (frames->slot_bytes != 0)
      gf_heap_free(frames->block.offset_bytes);
    gf_x_target_close(frames->target);
  }
  free(frames);
}

int gf_frames_take(struct gf_frames *frames, uint32_t width, uint32_t height,
                   struct gf_frame_slot *slot) {
  if (is_stale(frames) || (!frames->has_thread && !start_thread(frames)))
    return 0;
  const uint64_t bytes = (uint64_t)width * height * 4;
  if (!make_room(frames, bytes))
    return 0;
  await_shown(frames, GF_FRAME_SLOTS - 1);
  const uint32_t index = frames->queued % GF_FRAME_SLOTS;
  *slot = (struct gf_frame_slot){
      .pixels_offset = slot_offset(frames, index),
      .pixels_bytes = frames->slot_bytes,
      .done_offset = frames->block.offset_bytes + index * (uint64_t)GF_CACHE_LINE_BYTES,
      .done_value = frames->next_done,
  };
  return 1;
}

void gf_frames_queue(struct gf_frames *frames, uint32_t width, uint32_t height, int32_t x,
                     int32_t y) {
  frames->jobs[frames->queued % GF_FRAME_SLOTS] = (struct gf_frame_job){
      .done_value = frames->next_done++, .width = width, .height = height, .x = x, .y = y};
  gf_store_release(&frames->queued, frames->queued + 1);
  gf_fence_seq_cst();
  if (gf_load_relaxed(&frames->presenter_sleeps))
    gf_futex_wake(&frames->queued, 1);
}

void gf_frames_finish(struct gf_frames *frames) {
  if (!is_stale(frames))
    await_shown(frames, 0);
}
