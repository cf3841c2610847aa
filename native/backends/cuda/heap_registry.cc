#include "backends/cuda/heap_registry.h"

namespace gpuferry::cuda {

bool HeapRegistry::overlaps(uint64_t offset_bytes, uint64_t size_bytes) const {
  const auto after = ranges_.upper_bound(offset_bytes);
  if (after != ranges_.end() && after->first < offset_bytes + size_bytes)
    return true;
  if (after == ranges_.begin())
    return false;
  const auto before = std::prev(after);
  return before->first + before->second > offset_bytes;
}

CUresult HeapRegistry::pin(uint64_t offset_bytes, uint64_t size_bytes, unsigned flags,
                           uint64_t *device_address) {
  const auto bytes = region_.heap(offset_bytes, size_bytes);
  if (!bytes || size_bytes == 0)
    return CUDA_ERROR_INVALID_VALUE;
  std::lock_guard lock(lock_);
  if (overlaps(offset_bytes, size_bytes))
    return CUDA_ERROR_HOST_MEMORY_ALREADY_REGISTERED;
  if (const CUresult error = driver_.cuMemHostRegister_v2(bytes->data(), size_bytes, flags))
    return error;
  ranges_[offset_bytes] = size_bytes;
  CUdeviceptr device = 0;
  if (driver_.cuMemHostGetDevicePointer_v2(&device, bytes->data(), 0) != CUDA_SUCCESS)
    device = reinterpret_cast<CUdeviceptr>(bytes->data());
  *device_address = device;
  return CUDA_SUCCESS;
}

CUresult HeapRegistry::unpin(uint64_t offset_bytes) {
  std::unique_lock lock(lock_);
  const auto found = ranges_.find(offset_bytes);
  if (found == ranges_.end())
    return CUDA_ERROR_HOST_MEMORY_NOT_REGISTERED;
  std::byte *address = region_.heap(offset_bytes, found->second)->data();
  ranges_.erase(found);
  lock.unlock(); // the driver may wait for copies that use the range
  return driver_.cuMemHostUnregister(address);
}

} // namespace gpuferry::cuda
