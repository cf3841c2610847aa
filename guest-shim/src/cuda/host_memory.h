// Host memory that the executor can reach without a copy.
#pragma once

#include <stdint.h>

/// Heap offset of a range of pinned, managed or registered memory; UINT64_MAX for pageable memory.
uint64_t gf_host_offset(const void *pointer, uint64_t size_bytes);

/// As gf_host_offset, for memory that a graph will read or write whenever it runs: what is pageable
/// is registered, for good. UINT64_MAX when that cannot be.
uint64_t gf_host_offset_for_graph(const void *pointer, uint64_t size_bytes);
