// How a context lays images out in the application's memory: the state of glPixelStore, once for
// reading (unpack) and once for writing (pack). Guest and executor each keep a shadow of it, fed by the
// same calls in the same order, and compute from it which bytes a transfer touches (image_span.h).
#pragma once

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct gf_pixel_store {
  uint32_t alignment_bytes; ///< 1, 2, 4 or 8
  uint32_t row_length;      ///< pixels; 0: the image's width
  uint32_t image_height;    ///< rows; 0: the image's height
  uint32_t skip_pixels, skip_rows, skip_images;
  uint32_t swap_bytes, lsb_first;
  uint32_t is_inverted; ///< GL_MESA_pack_invert: the last row comes first; never when unpacking
  uint32_t block_width, block_height, block_depth; ///< of compressed blocks; 0: not told
  uint32_t block_bytes;
};

struct gf_pixel_state {
  struct gf_pixel_store pack, unpack;
};

/// The state of a new context.
void gf_pixel_state_init(struct gf_pixel_state *state);

/// What glPixelStorei(pname, value) changes; nothing where OpenGL raises an error. Non-zero if it was
/// valid.
int gf_pixel_state_set(struct gf_pixel_state *state, uint32_t pname, int32_t value);

/// The value that glPixelStore set; -1 if `pname` is none of its names.
int64_t gf_pixel_state_get(const struct gf_pixel_state *state, uint32_t pname);

#ifdef __cplusplus
}
#endif
