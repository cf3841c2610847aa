// Making a guest's CUDA_MEMCPY3D safe to pass to the driver: its host sides are heap ranges that are
// large enough, its arrays handles, its device addresses not other memory of this process.
#pragma once

#include "backends/cuda/call.h"

namespace gpuferry::cuda {

/// What a side of a copy is, beside what CUDA_MEMCPY3D says of it.
struct CopySide {
  gf_heap_range memory; ///< for CU_MEMORYTYPE_HOST
  uint64_t array;       ///< guest handle, for CU_MEMORYTYPE_ARRAY
};

/// Bytes from a side's base to the end of its last row; nothing when that overflows.
std::optional<uint64_t> extent_bytes(uint64_t x_bytes, uint64_t y, uint64_t z, uint64_t pitch_bytes,
                                     uint64_t rows, const CUDA_MEMCPY3D &copy);

/// Puts native pointers and handles into `copy`, or gives the error for the guest.
CUresult settle_copy(Call &call, CUDA_MEMCPY3D &copy, const CopySide &src, const CopySide &dst);

} // namespace gpuferry::cuda
