// Pages of the application's that became pages of the heap: guest and executor see one memory, with no copy.
// Who needs some shares a range and releases it later; ranges may overlap, and pages become private again, with
// the bytes they hold then, when nobody holds them any more. CUDA registers memory so (alias.h), and OpenGL
// makes buffers of it (gl/buffer_pin.h).
//
// Nobody else may write to a range while it is being exchanged.
#pragma once

#include <stdint.h>

#include "abi/frame.h"

enum gf_share_status {
  GF_SHARE_OK,
  GF_SHARE_NO_MEMORY, ///< the heap is full, or too many pieces
  GF_SHARE_BAD_RANGE, ///< not memory, or the heap itself
};

/// Most pieces of one range.
#define GF_SHARED_PIECES_MAX 64u

struct gf_page_run;

/// A range that is shared.
struct gf_shared_pages {
  uint32_t generation; ///< gf_session_generation it belongs to
  uint32_t run_count;
  struct gf_page_run *runs[GF_SHARED_PIECES_MAX];
  /// Where in the heap its pages lie, in order; pages that follow each other there are one piece.
  uint32_t piece_count;
  struct gf_heap_range pieces[GF_SHARED_PIECES_MAX];
};

/// Shares whole pages: both are multiples of the page size. With GF_SHARE_OK, `*shared` is to be given to
/// gf_pages_release().
enum gf_share_status gf_pages_share(uint8_t *base, uint64_t pages_bytes,
                                    struct gf_shared_pages **shared);

/// NULL is allowed.
void gf_pages_release(struct gf_shared_pages *shared);
