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

  /// Pins a range that the guest only passes data through, so that copies from it can be queued.
  /// Gives way as soon as the guest pins anything there itself.
  CUresult pin_for_staging(uint64_t offset_bytes, uint64_t size_bytes);

private:
  struct Pinned {
    uint64_t size_bytes;
    bool is_staging;
  };
  using Ranges = std::map<uint64_t, Pinned>; // by offset

  Ranges::iterator first_overlap(uint64_t offset_bytes, uint64_t size_bytes);

  const Driver &driver_;
  ring::Region &region_;
  std::mutex lock_;
  Ranges ranges_;
};

} // namespace gpuferry::cuda
