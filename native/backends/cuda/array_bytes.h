// How much memory an array takes, for the quota.
#pragma once

#include "cuda_api.h"

#include <cstdint>

namespace gpuferry::cuda {

/// Bytes of an array with so many mip levels, clamped to those that its extents allow. A format of which we do not know
/// the size counts as the largest; UINT64_MAX where there are too many texels to count.
uint64_t array_bytes(const CUDA_ARRAY3D_DESCRIPTOR &description, unsigned levels);

} // namespace gpuferry::cuda
