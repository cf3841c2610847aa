// Memory pools: where cuMemAllocAsync takes its memory from.
#pragma once

#include "device.h"
#include "object.h"

#include <atomic>

namespace softcuda {

/// Blocks come from the device's arena one by one; a pool counts them, and keeps the attributes.
class Pool : public Object<Pool, Kind::Pool> {
public:
  explicit Pool(Device &device, uint64_t max_bytes = 0) : device(device), max_bytes(max_bytes) {}

  Device &device;
  const uint64_t max_bytes; // 0: no limit of its own
  std::atomic<uint64_t> release_threshold{0}, used_bytes{0}, used_high{0}, reserved_high{0};
  std::atomic<int> reuse_follow_event{1}, reuse_opportunistic{1}, reuse_internal{1};
  std::map<int, CUmemAccess_flags> access; // under mutex: of other devices
  std::mutex mutex;

  /// An address now, to be used once `stream` gets there.
  CUresult allocate(Context &context, uint64_t bytes, uint64_t *address);
  void count_freed(uint64_t bytes) { used_bytes -= bytes; }
};

} // namespace softcuda
