#include "backends/cuda/copy_extent.h"

namespace gpuferry::cuda {

namespace {

/// Overflow is remembered, so that a chain of operations is checked once.
struct Checked {
  uint64_t value = 0;
  bool overflow = false;

  Checked operator+(uint64_t other) const {
    Checked sum = *this;
    sum.overflow |= __builtin_add_overflow(value, other, &sum.value);
    return sum;
  }
  Checked operator*(uint64_t other) const {
    Checked product = *this;
    product.overflow |= __builtin_mul_overflow(value, other, &product.value);
    return product;
  }
};

template <class Pointer> struct Side {
  uint64_t x_bytes, y, z;
  CUmemorytype type;
  Pointer *host;
  CUdeviceptr *device;
  CUarray *array;
  size_t *pitch_bytes;
  size_t *rows;
};

template <class Pointer>
CUresult settle_side(Call &call, const CUDA_MEMCPY3D &copy, const Side<Pointer> &side,
                     const CopySide &wire) {
  *side.host = nullptr;
  *side.array = nullptr;
  if (side.type == CU_MEMORYTYPE_ARRAY) {
    // The driver compares these sums with the array's size, and must not be given ones that wrap.
    if ((Checked{side.x_bytes} + copy.WidthInBytes).overflow ||
        (Checked{side.y} + copy.Height).overflow || (Checked{side.z} + copy.Depth).overflow)
      return CUDA_ERROR_INVALID_VALUE;
    const CUresult error = call.resolve(GF_KIND_ARRAY, wire.array, side.array);
    return error == CUDA_SUCCESS && !*side.array ? CUDA_ERROR_INVALID_HANDLE : error;
  }
  // Rows and slices without gaps, said explicitly: what is checked is what is copied.
  if (*side.pitch_bytes == 0)
    *side.pitch_bytes = side.x_bytes + copy.WidthInBytes;
  if (*side.rows == 0)
    *side.rows = side.y + copy.Height;
  const auto bytes =
      extent_bytes(side.x_bytes, side.y, side.z, *side.pitch_bytes, *side.rows, copy);
  if (!bytes)
    return CUDA_ERROR_INVALID_VALUE;
  if (side.type == CU_MEMORYTYPE_HOST) {
    const auto memory = call.heap(wire.memory);
    if (!memory)
      return call.poisoned();
    if (*bytes > memory->size())
      return call.violate("a copy is larger than its heap range");
    *side.host = memory->data();
    return CUDA_SUCCESS;
  }
  if (side.type != CU_MEMORYTYPE_DEVICE && side.type != CU_MEMORYTYPE_UNIFIED)
    return CUDA_ERROR_INVALID_VALUE;
  return call.may_copy(*side.device, *bytes) ? CUDA_SUCCESS : CUDA_ERROR_INVALID_VALUE;
}

} // namespace

std::optional<uint64_t> extent_bytes(uint64_t x_bytes, uint64_t y, uint64_t z, uint64_t pitch_bytes,
                                     uint64_t rows, const CUDA_MEMCPY3D &copy) {
  if (copy.WidthInBytes == 0 || copy.Height == 0 || copy.Depth == 0)
    return 0;
  const Checked slice = Checked{z} + (copy.Depth - 1);
  const Checked row = Checked{slice * rows} + (Checked{y} + (copy.Height - 1)).value;
  const Checked end = (row * pitch_bytes) + x_bytes + copy.WidthInBytes;
  const bool overflow =
      slice.overflow || row.overflow || end.overflow || (Checked{y} + (copy.Height - 1)).overflow;
  if (overflow)
    return std::nullopt;
  return end.value;
}

CUresult settle_copy(Call &call, CUDA_MEMCPY3D &copy, const CopySide &src, const CopySide &dst) {
  copy.reserved0 = nullptr;
  copy.reserved1 = nullptr;
  const void *src_host = nullptr;
  const Side<const void *> from{copy.srcXInBytes,   copy.srcY,      copy.srcZ,
                                copy.srcMemoryType, &src_host,      &copy.srcDevice,
                                &copy.srcArray,     &copy.srcPitch, &copy.srcHeight};
  void *dst_host = nullptr;
  const Side<void *> to{copy.dstXInBytes,   copy.dstY,      copy.dstZ,
                        copy.dstMemoryType, &dst_host,      &copy.dstDevice,
                        &copy.dstArray,     &copy.dstPitch, &copy.dstHeight};
  if (const CUresult error = settle_side(call, copy, from, src))
    return error;
  if (const CUresult error = settle_side(call, copy, to, dst))
    return error;
  copy.srcHost = src_host;
  copy.dstHost = dst_host;
  return CUDA_SUCCESS;
}

} // namespace gpuferry::cuda
