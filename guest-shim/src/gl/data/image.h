// Images between the application's memory and the driver: what a transfer touches is found from the
// shadow of the pixel store state (protocol/gl/image_span.h); with a pixel buffer bound the pointer is
// an offset and nothing travels. Generated stubs are written with these.
#pragma once

#include <stdint.h>

#include "abi/gl.h"
#include "gl/image_span.h"
#include "gl/thread.h"

/// An image that a command reads.
struct gf_gl_image_in {
  const uint8_t *data; ///< NULL: `payload` says it all
  uint64_t bytes;
  uint64_t row_bytes, touched_bytes; ///< of each row; rows may be far longer than what is touched
  uint64_t room_bytes;               ///< what it takes of the frame's tail
  struct gf_gl_payload payload;
};

void gf_gl_image_in(const struct gf_image *image, const void *pixels, struct gf_gl_image_in *in);

/// As above for `bytes` whose layout, if they are an image, is one of compressed blocks.
void gf_gl_bytes_in(const struct gf_image *image, uint64_t bytes, const void *data,
                    struct gf_gl_image_in *in);

/// As gf_gl_put().
void *gf_gl_put_image(struct gf_gl_lane *lane, struct gf_gl_payload *payload,
                      const struct gf_gl_image_in *in, void *tail);

/// An image that a command writes.
struct gf_gl_image_out {
  struct gf_gl_payload payload; ///< for the frame
  int is_settled;               ///< nothing comes back
  uint8_t *pixels;              ///< the application's
  uint8_t *staged;              ///< what `span.start_bytes` leads to
  struct gf_image_span span;
  int32_t height, depth;
};

/// Reserves memory that the driver can write to; the application's own contents go there first, so
/// that what the driver leaves alone, all of it where the command fails, stays as it was. 0, or -1 without
/// memory (raised and logged).
int gf_gl_image_out(struct gf_gl_lane *lane, const struct gf_image *image, void *pixels,
                    struct gf_gl_image_out *out);

/// As above for one piece of `bytes`.
int gf_gl_bytes_out(struct gf_gl_lane *lane, const struct gf_image *image, uint64_t bytes,
                    void *pixels, struct gf_gl_image_out *out);

/// After the call was answered.
void gf_gl_take_image(struct gf_gl_lane *lane, const struct gf_gl_image_out *out);
