// Heap ranges that the driver knows as pinned memory. The guest's allocator decides where they lie,
// so overlaps are its doing and are refused.
#pragma once

#include "cuda_driver.h"
#include "ring/region.h"

#include <cstdint>
#include <map>
#include <mutex>

namespace gpuferry::cuda {

class HeapRegistry {
public:
  HeapRegistry(const Driver &driver, ring::Region &region) : driver_(driver), region_(region) {}

  /// Makes a heap range pinned for the driver, in the current context. `flags`: CU_MEMHOSTREGISTER_*;
  /// `device_address`: where kernels find it. The driver's errors; CUDA_ERROR_INVALID_VALUE for a
  /// range outside of the heap.
  CUresult pin(uint64_t offset_bytes, uint64_t size_bytes, unsigned flags,
               uint64_t *device_address);

  /// Ends it. CUDA_ERROR_HOST_MEMORY_NOT_REGISTERED for what was not pinned.
  CUresult unpin(uint64_t offset_bytes);

private:
  bool overlaps(uint64_t offset_bytes, uint64_t size_bytes) const;

  const Driver &driver_;
  ring::Region &region_;
  std::mutex lock_;
  std::map<uint64_t, uint64_t> ranges_; // offset → size, in bytes
};

} // namespace gpuferry::cuda
