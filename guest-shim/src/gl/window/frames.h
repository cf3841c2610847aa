// A window's pictures on their way from the executor to X: a few slots in the session's heap, used in
// turn, and a presenter thread.
//
//      application thread            executor                    presenter thread
//   take(): waits for a free slot
//   gfGlPresent into it        ──►   renders, reads pixels,
//   queue(): goes on                 stores `done`         ──►   wakes, puts the picture into X,
//                                                                 waits for X, frees the slot
//
// A swap waits only when every slot is on its way: two pictures are being rendered or shown while the
// third is drawn. Slots are used in turn, so two counters say all: `queued` and `shown`.
#pragma once

#include <pthread.h>
#include <stdint.h>

#include "gl/x11/target.h"
#include "heap/heap.h"

#define GF_FRAME_SLOTS 3u

struct gf_frame_job {
  uint32_t done_value; ///< what the executor stores when the pixels are there
  uint32_t width;
  uint32_t height;
  int32_t x; ///< in the window, from its upper left corner
  int32_t y;
};

struct gf_frames {
  struct gf_x_target *target;
  uint32_t generation; ///< gf_session_generation of the thread and the heap block
  int has_thread;
  pthread_t thread;
  struct gf_heap_block block; ///< a page of `done` words, then the slots
  uint64_t slot_bytes;        ///< 0: no block
  struct gf_frame_job jobs[GF_FRAME_SLOTS];
  uint32_t next_done; ///< counts pictures; a done word never holds the value it will be waited for
  // Only grow (and wrap). queued: stored by the application's thread; shown: by the presenter. Futex
  // words, each with the sleeper's flag beside it.
  uint32_t queued;
  uint32_t presenter_sleeps;
  uint32_t shown;
  uint32_t producer_sleeps;
  uint32_t ends;
};

struct gf_frame_slot {
  uint64_t pixels_offset; ///< in the heap
  uint64_t pixels_bytes;
  uint64_t done_offset;
  uint32_t done_value;
};

/// Frames for a target, which they own from here on; NULL without memory.
struct gf_frames *gf_frames_new(struct gf_x_target *target);

/// Waits for the pictures on their way, and ends.
void gf_frames_free(struct gf_frames *frames);

/// The next slot, with room for width × height pixels. Zero if there is no memory or the session is
/// over.
int gf_frames_take(struct gf_frames *frames, uint32_t width, uint32_t height,
                   struct gf_frame_slot *slot);

/// The executor was asked to fill the slot taken last: shows it at (x, y) once it has.
void gf_frames_queue(struct gf_frames *frames, uint32_t width, uint32_t height, int32_t x,
                     int32_t y);

/// Waits until X has every picture queued so far.
void gf_frames_finish(struct gf_frames *frames);
