// Which pages of a range were written to since they were last asked about, as the kernel knows it: userfaultfd's
// asynchronous write protection and the PAGEMAP_SCAN of Linux 6.7. Neither signals nor protections that the application
// could notice are involved, and what a system call writes is seen too. Elsewhere (an older kernel, a container that
// forbids it) there is no such knowledge, and the caller compares.
#pragma once

#include <stdint.h>

/// Begins to watch pages, all of which count as written. Non-zero if that can be. Both are page-aligned.
int gf_written_watch(uint8_t *base, uint64_t bytes);

void gf_written_unwatch(uint8_t *base, uint64_t bytes);

struct gf_written {
  uint64_t first, end; ///< addresses
};

/// Takes ranges of pages in [first, end) that were written to since they were taken last; what is written from here on
/// counts as written again. At most `room` ranges; `*next` is where to go on, `end` if that was all. How many, or -1: the
/// kernel does not tell.
int gf_written_take(uint64_t first, uint64_t end, struct gf_written *written, int room,
                    uint64_t *next);
