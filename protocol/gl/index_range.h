// The lowest and highest index of an index array: how much of client vertex arrays a draw reads.
#pragma once

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct gf_index_range {
  uint32_t low, high; ///< low > high: no index but restarts
};

/// Bytes of one index of GL_UNSIGNED_BYTE, _SHORT or _INT; 0 for other types.
uint32_t gf_index_bytes(uint32_t type);

/// `indices` may be unaligned. With `restart` non-zero, indices equal to `restart_index` are no
/// vertices.
struct gf_index_range gf_find_index_range(uint32_t type, const void *indices, uint64_t count,
                                          int restart, uint32_t restart_index);

#ifdef __cplusplus
}
#endif
