#include "backends/cuda/array_bytes.h"

#include <algorithm>

namespace gpuferry::cuda {

namespace {

uint64_t channel_bytes(CUarray_format format) {
  switch (format) {
  case CU_AD_FORMAT_UNSIGNED_INT8:
  case CU_AD_FORMAT_SIGNED_INT8:
    return 1;
  case CU_AD_FORMAT_UNSIGNED_INT16:
  case CU_AD_FORMAT_SIGNED_INT16:
  case CU_AD_FORMAT_HALF:
    return 2;
  default:
    return 4;
  }
}

uint64_t multiply(uint64_t a, uint64_t b) {
  uint64_t product = 0;
  return __builtin_mul_overflow(a, b, &product) ? UINT64_MAX : product;
}

} // namespace

uint64_t array_bytes(const CUDA_ARRAY3D_DESCRIPTOR &d, unsigned levels) {
  const bool layered = d.Flags & (CUDA_ARRAY3D_LAYERED | CUDA_ARRAY3D_CUBEMAP);
  const uint64_t texel = multiply(channel_bytes(d.Format), std::max(d.NumChannels, 1u));
  uint64_t width = d.Width, height = std::max<uint64_t>(d.Height, 1),
           depth = std::max<uint64_t>(d.Depth, 1), sum = 0;
  for (unsigned level = 0; level < std::max(levels, 1u); ++level) {
    const uint64_t bytes = multiply(multiply(width, height), multiply(depth, texel));
    if (__builtin_add_overflow(sum, bytes, &sum))
      return UINT64_MAX;
    if (width <= 1 && height <= 1 && (layered || depth <= 1))
      break;
    width = std::max<uint64_t>(width / 2, 1);
    height = std::max<uint64_t>(height / 2, 1);
    if (!layered)
      depth = std::max<uint64_t>(depth / 2, 1);
  }
  return sum;
}

} // namespace gpuferry::cuda
