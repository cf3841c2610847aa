// One call on its way from guest to executor.
//
//   ┌──────────────────────── 16 bytes ────────────────────────┐┌──── arguments ────┐┌─ tail ─┐
//   │ size_bytes u32 │ opcode u16 │ flags u16 │ ticket u64     ││ generated struct  ││ arrays,│
//   └───────────────────────────────────────────────────────────┘└───────────────────┘│ text   │
//                                                                                    └────────┘
// The guest writes a frame into its lane's ring and owns it until it publishes `head`; from then on
// the executor owns it until it publishes `tail`. The executor copies the frame out of shared
// memory before it looks at anything but `size_bytes`, and looks at that once (a hostile guest may
// go on writing).
//
// The argument structures are generated from protocol/api (`cuda_wire.h`). Variable parts follow
// them in the tail, each aligned to 8, in the order of their arguments.
#pragma once

#include "base.h"

struct gf_frame {
  uint32_t size_bytes; ///< header included; a multiple of 8; at most GF_FRAME_MAX_BYTES
  uint16_t opcode;     ///< protocol/api/opcodes.lock
  uint16_t flags;      ///< GF_FRAME_*
  uint64_t ticket;     ///< CUDA: place in the session's order of calls; 0-based, no gaps. GL: see
                       ///< GF_FRAME_POINT
};
GF_STATIC_ASSERT(sizeof(struct gf_frame) == 16, "frame header is 16 bytes");

enum {
  GF_FRAME_SYNC = 1u << 0, ///< the guest waits for the reply in the lane's reply slot
  GF_FRAME_PER_THREAD =
      1u << 1, ///< stream 0 means this lane's own default stream (the _ptsz/_ptds entry points)
  /// GL: this frame is point number `ticket` of the session (0-based, no gaps): what OpenGL lets other
  /// contexts rely on - flush, finish, fence, swap, make-current, names made and deleted. It is issued
  /// after all points before it. Any other GL frame carries the number of points taken when it was
  /// written, and is issued once those have been: two threads that synchronise as OpenGL demands see
  /// each other's work, and pay nothing in between.
  GF_FRAME_POINT = 1u << 2,
};

/// A quarter of a lane's ring: a frame never waits for more than the frames before it. What is
/// larger goes through the heap and is named by offset.
#define GF_FRAME_MAX_BYTES (64u << 10)

/// Part of the shared heap, named by the guest. The executor checks it against the heap's bounds.
struct gf_heap_range {
  uint64_t offset_bytes;
  uint64_t size_bytes;
};

#define GF_ALIGN8(n) (((n) + 7u) & ~(uint64_t)7u)
