// What lies at addresses of this process, as the kernel tells (/proc/self/maps). Rare and slow: for memory
// of the application's that is about to be exchanged for other pages.
#pragma once

#include <stdint.h>

struct gf_mapping {
  uint64_t first, end; ///< addresses
  uint64_t offset_bytes, inode;
  int is_readable, is_writable, is_shared;
};

/// The mappings that reach into [first, end), in order, at most `room` of them. How many, or -1 where the
/// kernel does not tell.
int gf_mappings_of(uint64_t first, uint64_t end, struct gf_mapping *mappings, int room);

/// Whether all of [first, end) may be read and written and is this process's alone, or of the file `inode`.
int gf_is_own_memory(uint64_t first, uint64_t end, uint64_t inode);
