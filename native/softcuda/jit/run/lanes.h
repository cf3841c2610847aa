// Compares a field of a warp's lanes with one value, all at once.
#pragma once

#include "abi.h"

#include <emmintrin.h>

namespace softcuda::jit {

/// The lanes whose 32-bit field equals `value`, as a bit set.
inline uint32_t lanes_equal(const uint32_t (&field)[kWarpSize], uint32_t value) {
  const __m128i wanted = _mm_set1_epi32(static_cast<int>(value));
  const auto *words = reinterpret_cast<const __m128i *>(field);
  auto equal = [&](int i) { return _mm_cmpeq_epi32(_mm_loadu_si128(words + i), wanted); };
  auto sixteen = [&](int i) {
    __m128i low = _mm_packs_epi32(equal(i), equal(i + 1));
    __m128i high = _mm_packs_epi32(equal(i + 2), equal(i + 3));
    return static_cast<uint32_t>(_mm_movemask_epi8(_mm_packs_epi16(low, high)));
  };
  return sixteen(0) | sixteen(4) << 16;
}

} // namespace softcuda::jit
