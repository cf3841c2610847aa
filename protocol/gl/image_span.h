// Which bytes of the application's memory a pixel transfer touches.
//
//   pixels ─► ┌──────────── skipped images and rows ───────────┐
//             │        ┌── start_bytes                         │
//             │ skip   ▼ width pixels ▼ rest of the row, padding│  height rows, row_bytes apart
//             │        ░░░░░░░░░░░░░░░                          │
//             │        ░░░░░░░░░░░░░░░ ◄── end_bytes            │  depth images, image_bytes apart
//             └─────────────────────────────────────────────────┘
//
// The guest sends [start, end) of what the application's pointer leads to, and the executor gives the
// driver a pointer that lies `start` before what it received: both sides leave the layout as it is.
#pragma once

#include <stdint.h>

#include "gl/pixel_store.h"

#ifdef __cplusplus
extern "C" {
#endif

struct gf_image {
  uint32_t dimensions; ///< 1, 2 or 3: which skips count
  uint32_t format, type;
  int32_t width, height, depth;
};

struct gf_image_span {
  uint64_t start_bytes, end_bytes; ///< equal: the transfer touches nothing
  uint64_t row_bytes;              ///< from one row to the next
  uint64_t image_bytes;            ///< from one image to the next
  uint64_t width_bytes;            ///< of one row that are touched
  uint64_t first_row_bytes; ///< where the first row begins; start_bytes but for one dimension
  /// All of these count from so many bytes in front of the application's pointer: rows are skipped
  /// backwards where the last one comes first.
  uint64_t before_bytes;
};

/// Bits of one pixel; 1 for bitmaps, 0 for formats and types that are not OpenGL's. A packed type says
/// the size alone: whether it goes with the format is the driver's to judge.
uint32_t gf_pixel_bits(uint32_t format, uint32_t type);

/// Non-zero on success; 0 where format or type is unknown or the span is beyond any memory: then the
/// driver must be given no pointer that it could follow.
int gf_find_image_span(const struct gf_pixel_store *store, const struct gf_image *image,
                       struct gf_image_span *span);

/// The same for compressed images, `image_bytes` long as the application says.
int gf_find_compressed_span(const struct gf_pixel_store *store, const struct gf_image *image,
                            uint64_t image_bytes, struct gf_image_span *span);

#ifdef __cplusplus
}
#endif
