// Staging: memory of the heap that carries what is too long for a frame, in both directions.
//
//   block of GF_GL_STAGE_BYTES, used in turn:   ░░░ free ░░░ ▓▓ read by the executor ▓▓ ░░░ free ░░░
//                                                            ▲ tail                    ▲ head
//
// A piece belongs to the frame that is written next. It is free again once the executor has executed
// that frame (gf_lane.staged): no round trip, and a full block makes the thread sleep. When everything is free
// the block starts over, so that small programs stay in few, warm pages. Longer pieces get a block of
// their own, and the last ones are kept for the next frame's like.
#pragma once

#include <stdint.h>

#include "gl/thread.h"

#define GF_GL_STAGE_BYTES (4ull << 20)
#define GF_GL_STAGE_PIECE_MAX_BYTES (GF_GL_STAGE_BYTES / 4)

/// Reserves `bytes` for the frame written next and makes them present; NULL when the heap is full or the session
/// over. `*offset_bytes` is where they are in the heap. May publish and wait.
void *gf_gl_stage_take(struct gf_gl_lane *lane, uint64_t bytes, uint64_t *offset_bytes);

/// Every frame so far was executed: called after one that was waited for.
void gf_gl_stage_settle(struct gf_gl_lane *lane);

/// Waits for the executor and gives everything back.
void gf_gl_stage_close(struct gf_gl_lane *lane);
