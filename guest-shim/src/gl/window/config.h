// A config: what a drawable's buffers hold. GLX and EGL describe theirs with one of these each.
#pragma once

#include <stdint.h>

#include "abi/gl.h"

/// Bits, but for the flags at the end.
struct gf_gl_config {
  uint8_t red;
  uint8_t green;
  uint8_t blue;
  uint8_t alpha;
  uint8_t depth;
  uint8_t stencil;
  uint8_t samples; ///< 0: not multisampled
  uint8_t accum;   ///< per component
  uint8_t double_buffer;
  uint8_t srgb;
  uint8_t is_float;
  uint8_t is_bottom_up; ///< textures are made of the pixels: gf_gl_drawable_bind
};

/// The combinations of depth and stencil that drivers offer, and so programs expect.
#define GF_GL_DEPTHS {{0, 0}, {16, 0}, {24, 0}, {24, 8}, {32, 0}}
#define GF_GL_DEPTH_COUNT 5
