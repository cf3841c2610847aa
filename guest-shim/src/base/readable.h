// Reading the application's memory where a command names more of it than there need be: OpenGL refuses many a
// command, or takes less than it was told of, before it looks at what the pointer leads to.
#pragma once

#include <stdint.h>

/// Up to here nobody looks: what lies beyond the end is in the same page, or nearly always in the next.
#define GF_TRUSTED_BYTES 4096u

/// Whether the byte at `address` can be read: a system call of a tenth of a microsecond.
int gf_is_readable(const void *address);

/// As memcpy; what cannot be read is zero in the copy.
void gf_copy_readable(void *to, const void *from, uint64_t bytes);
