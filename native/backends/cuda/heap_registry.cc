#include "backends/cuda/heap_registry.h"

namespace gpuferry::cuda {

namespace {
// Staging slots are pinned in blocks: fewer, larger registrations.
constexpr uint64_t kStagingBlockBytes = 2u << 20;
} // namespace

HeapRegistry::Ranges::iterator HeapRegistry::first_overlap(uint64_t offset_bytes,
                                                           uint64_t size_bytes) {
  auto at = ranges_.upper_bound(offset_bytes);
  if (at != ranges_.begin()) {
    const auto before = std::prev(at);
    if (before->first + before->second.size_bytes > offset_bytes)
      return before;
  }
  return at != ranges_.end() && at->first < offset_bytes + size_bytes ? at : ranges_.end();
}

CUresult HeapRegistry::pin(uint64_t offset_bytes, uint64_t size_bytes, unsigned flags,
                           uint64_t *device_address) {
  const auto bytes = region_.heap(offset_bytes, size_bytes);
  if (!bytes || size_bytes == 0)
    return CUDA_ERROR_INVALID_VALUE;
  std::lock_guard lock(lock_);
  for (auto old = first_overlap(offset_bytes, size_bytes); old != ranges_.end();
       old = first_overlap(offset_bytes, size_bytes)) {
    if (!old->second.is_staging)
      return CUDA_ERROR_HOST_MEMORY_ALREADY_REGISTERED;
    driver_.cuMemHostUnregister(region_.heap(old->first, old->second.size_bytes)->data());
    ranges_.erase(old);
  }
  if (const CUresult error = driver_.cuMemHostRegister_v2(bytes->data(), size_bytes, flags))
    return error;
  ranges_[offset_bytes] = {size_bytes, false};
  CUdeviceptr device = 0;
  if (driver_.cuMemHostGetDevicePointer_v2(&device, bytes->data(), 0) != CUDA_SUCCESS)
    device = reinterpret_cast<CUdeviceptr>(bytes->data());
  *device_address = device;
  return CUDA_SUCCESS;
}

CUresult HeapRegistry::unpin(uint64_t offset_bytes) {
  std::unique_lock lock(lock_);
  const auto found = ranges_.find(offset_bytes);
  if (found == ranges_.end() || found->second.is_staging)
    return CUDA_ERROR_HOST_MEMORY_NOT_REGISTERED;
  std::byte *address = region_.heap(offset_bytes, found->second.size_bytes)->data();
  ranges_.erase(found);
  lock.unlock(); // the driver may wait for copies that use the range
  return driver_.cuMemHostUnregister(address);
}

CUresult HeapRegistry::pin_for_staging(uint64_t offset_bytes, uint64_t size_bytes) {
  std::lock_guard lock(lock_);
  auto old = first_overlap(offset_bytes, size_bytes);
  if (old != ranges_.end() && old->first <= offset_bytes &&
      old->first + old->second.size_bytes >= offset_bytes + size_bytes)
    return CUDA_SUCCESS;
  const uint64_t from = offset_bytes / kStagingBlockBytes * kStagingBlockBytes;
  uint64_t to = (offset_bytes + size_bytes + kStagingBlockBytes - 1) / kStagingBlockBytes *
                kStagingBlockBytes;
  to = std::min(to, region_.heap_bytes());
  uint64_t start = from, end = to;
  if (first_overlap(start, end - start) != ranges_.end()) {
    // Something in this block is pinned already: only the range itself, if that is still free.
    start = offset_bytes / GF_PAGE_BYTES * GF_PAGE_BYTES;
    end = std::min((offset_bytes + size_bytes + GF_PAGE_BYTES - 1) / GF_PAGE_BYTES * GF_PAGE_BYTES,
                   region_.heap_bytes());
    if (first_overlap(start, end - start) != ranges_.end())
      return CUDA_ERROR_HOST_MEMORY_ALREADY_REGISTERED;
  }
  const CUresult error =
      driver_.cuMemHostRegister_v2(region_.heap(start, end - start)->data(), end - start, 0);
  if (error == CUDA_SUCCESS)
    ranges_[start] = {end - start, true};
  return error;
}

} // namespace gpuferry::cuda
