// Sizes of what travels with an OpenGL call. Both sides compute them from the call's own arguments: the guest to know
// what to copy, the executor because it does not believe the guest.
#pragma once

#include <stdint.h>

#include "gl/image_span.h"

/// A negative count is an error that the driver reports; nothing travels with it.
static inline uint64_t gf_gl_count(int64_t count) { return count < 0 ? 0 : (uint64_t)count; }

/// Saturates: UINT64_MAX bytes are more than any payload holds, and are refused as such.
static inline uint64_t gf_gl_times(uint64_t a, uint64_t b) {
  uint64_t product;
  return __builtin_mul_overflow(a, b, &product) ? UINT64_MAX : product;
}

/// Bytes of one name in glCallLists: GL_BYTE … GL_4_BYTES; 0 for what is no such type.
static inline uint64_t gf_gl_list_name_bytes(uint32_t type) {
  switch (type) {
  case 0x1400: // GL_BYTE
  case 0x1401: // GL_UNSIGNED_BYTE
    return 1;
  case 0x1402: // GL_SHORT
  case 0x1403: // GL_UNSIGNED_SHORT
  case 0x1407: // GL_2_BYTES
    return 2;
  case 0x1408: // GL_3_BYTES
    return 3;
  case 0x1404: // GL_INT
  case 0x1405: // GL_UNSIGNED_INT
  case 0x1406: // GL_FLOAT
  case 0x1409: // GL_4_BYTES
    return 4;
  default:
    return 0;
  }
}

/// Values that clear one buffer: a colour, or one depth or stencil value.
static inline uint64_t gf_gl_clear_count(uint32_t buffer) {
  return buffer == 0x1800 /* GL_COLOR */ ? 4 : 1;
}

/// Components of an evaluator's control points; 0 for what is no map.
static inline uint64_t gf_gl_map_components(uint32_t target) {
  switch (target & ~0x20u) { // two-dimensional maps lie 0x20 behind the one-dimensional ones
  case 0x0D91:               // index
  case 0x0D93:               // texture coordinate 1
    return 1;
  case 0x0D94: // texture coordinate 2
    return 2;
  case 0x0D92: // normal
  case 0x0D95: // texture coordinate 3
  case 0x0D97: // vertex 3
    return 3;
  case 0x0D90: // colour 4
  case 0x0D96: // texture coordinate 4
  case 0x0D98: // vertex 4
    return 4;
  default:
    return 0;
  }
}

/// More control points than any driver takes: it reports the error without reading them.
#define GF_GL_MAX_ORDER 64

/// Values that an evaluator's control points span, the last one whole; 0 where the call is an error.
static inline uint64_t gf_gl_map1_count(uint32_t target, int32_t stride, int32_t order) {
  const uint64_t components = gf_gl_map_components(target);
  if (components == 0 || order < 1 || order > GF_GL_MAX_ORDER || stride < (int64_t)components)
    return 0;
  return (uint64_t)(order - 1) * (uint64_t)stride + components;
}

static inline uint64_t gf_gl_map2_count(uint32_t target, int32_t ustride, int32_t uorder,
                                        int32_t vstride, int32_t vorder) {
  const uint64_t v_span = gf_gl_map1_count(target, vstride, vorder);
  const uint64_t u_span = gf_gl_map1_count(target, ustride, uorder);
  return v_span == 0 || u_span == 0 ? 0 : v_span + (uint64_t)(uorder - 1) * (uint64_t)ustride;
}

/// Bytes of one pixel that a clear takes, whatever the unpack state.
static inline uint64_t gf_gl_pixel_bytes(uint32_t format, uint32_t type) {
  return gf_pixel_bits(format, type) / 8;
}

/// More elements than any array of uniforms has: the driver reads no more of them than the array, whatever a
/// command says.
#define GF_GL_MAX_UNIFORMS 65536

static inline uint64_t gf_gl_uniform_count(int32_t count) {
  return count < 0 ? 0 : count > GF_GL_MAX_UNIFORMS ? GF_GL_MAX_UNIFORMS : (uint64_t)count;
}
