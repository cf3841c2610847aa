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

enum gf_memory_kind {
  GF_MEMORY_UNKNOWN,    ///< the kernel does not tell
  GF_MEMORY_UNREADABLE, ///< at least in part, or there is none
  GF_MEMORY_READ_ONLY,  ///< at least in part
  GF_MEMORY_SHARED, ///< at least in part with others: what is put in its place they would not see
  GF_MEMORY_OWN,    ///< may be read and written and is this process's alone
};

/// The least that [first, end) is; what is shared through the file `inode` counts as this process's own.
enum gf_memory_kind gf_memory_kind(uint64_t first, uint64_t end, uint64_t inode);
