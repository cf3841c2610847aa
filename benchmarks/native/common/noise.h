// Data that no compression and no cache can make light of.
#pragma once

#include <stddef.h>
#include <stdint.h>

/// Fills `words` 64-bit words with a sequence (xorshift) that `seed`, not 0, determines.
static inline void bench_noise(uint64_t *to, size_t words, uint64_t seed) {
  for (size_t i = 0; i < words; i++) {
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    to[i] = seed;
  }
}
