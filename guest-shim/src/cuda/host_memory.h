// Host memory that the executor can reach without a copy.
#pragma once

#include <stdint.h>

/// Heap offset of a range of pinned, managed or registered memory; UINT64_MAX for pageable memory.
uint64_t gf_host_offset(const void *pointer, uint64_t size_bytes);
