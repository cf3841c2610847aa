// Putting a picture into an X drawable: MIT-SHM over the session's region, or the pixels in requests.
#pragma once

#include "gl/x11/target.h"

struct gf_x_picture {
  const uint8_t *pixels; ///< 32-bit BGRA, top row first
  uint64_t offset_bytes; ///< of the same in the heap
  uint32_t width;        ///< of the picture: rows are width × 4 bytes
  uint32_t height;
  int32_t x; ///< of its upper left corner in the drawable
  int32_t y;
};

/// Gives the server memory, whose descriptor it closes in any case: MIT-SHM's name for it, or 0 where the
/// server is on another machine or does not know how.
uint32_t gf_x_attach(xcb_connection_t *connection, int fd, int read_only);

/// Puts it there and waits until the server has it. Called by presenter threads, one per target.
void gf_x_put(struct gf_x_target *target, const struct gf_x_picture *picture);
