// Draws of client arrays wait for these loops: they are written so that the compiler vectorises them
// (built with -O3, and once more for AVX2 where the loader finds it).
#include "gl/index_range.h"

#include "gl_api.h"

#if defined(__x86_64__) && !defined(__SANITIZE_THREAD__) && !defined(__SANITIZE_ADDRESS__)
#define GF_CLONES __attribute__((target_clones("avx2", "default")))
#else
#define GF_CLONES
#endif

#define RANGE_OF(name, TYPE)                                                                       \
  typedef TYPE __attribute__((aligned(1), may_alias)) name##_index;                                \
  GF_CLONES static struct gf_index_range name(const name##_index *at, uint64_t count) {            \
    TYPE low = (TYPE) - 1, high = 0;                                                               \
    for (uint64_t i = 0; i < count; i++) {                                                         \
      const TYPE value = at[i];                                                                    \
      low = value < low ? value : low;                                                             \
      high = value > high ? value : high;                                                          \
    }                                                                                              \
    return (struct gf_index_range){.low = low, .high = high};                                      \
  }                                                                                                \
  GF_CLONES static struct gf_index_range name##_restart(const name##_index *at, uint64_t count,    \
                                                        TYPE restart) {                            \
    TYPE low = (TYPE) - 1, high = 0;                                                               \
    for (uint64_t i = 0; i < count; i++) {                                                         \
      const TYPE value = at[i];                                                                    \
      const TYPE for_low = value == restart ? (TYPE) - 1 : value;                                  \
      const TYPE for_high = value == restart ? (TYPE)0 : value;                                    \
      low = for_low < low ? for_low : low;                                                         \
      high = for_high > high ? for_high : high;                                                    \
    }                                                                                              \
    return (struct gf_index_range){.low = low, .high = high};                                      \
  }

RANGE_OF(range_u8, uint8_t)
RANGE_OF(range_u16, uint16_t)
RANGE_OF(range_u32, uint32_t)

uint32_t gf_index_bytes(uint32_t type) {
  switch (type) {
  case GL_UNSIGNED_BYTE:
    return 1;
  case GL_UNSIGNED_SHORT:
    return 2;
  case GL_UNSIGNED_INT:
    return 4;
  default:
    return 0;
  }
}

struct gf_index_range gf_find_index_range(uint32_t type, const void *indices, uint64_t count,
                                          int restart, uint32_t restart_index) {
  const struct gf_index_range none = {.low = 1, .high = 0};
  if (count == 0)
    return none;
  switch (type) {
  case GL_UNSIGNED_BYTE:
    // A restart index that the type cannot hold never matches.
    if (restart && restart_index <= UINT8_MAX)
      return range_u8_restart(indices, count, (uint8_t)restart_index);
    return range_u8(indices, count);
  case GL_UNSIGNED_SHORT:
    if (restart && restart_index <= UINT16_MAX)
      return range_u16_restart(indices, count, (uint16_t)restart_index);
    return range_u16(indices, count);
  case GL_UNSIGNED_INT:
    return restart ? range_u32_restart(indices, count, restart_index) : range_u32(indices, count);
  default:
    return none;
  }
}
