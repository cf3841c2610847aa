// What device memory a session holds: its quota, and the sizes that a free does not tell.
#pragma once

#include "executor/grant_page.h"

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>

namespace gpuferry::cuda {

class MemoryLedger {
public:
  /// `quota_bytes`: as the server said at the start; the grant page may lower it later.
  /// UINT64_MAX: the device's own limit.
  MemoryLedger(executor::GrantPage &grant, uint64_t quota_bytes)
      : grant_(grant), quota_bytes_(quota_bytes) {}

  /// Sets `bytes` aside before the driver is asked for them; false when that exceeds the quota.
  bool reserve(uint64_t bytes);

  /// The driver gave nothing after all.
  void cancel(uint64_t bytes);

  /// The driver put what was reserved at `address`. `owner`: the context whose end frees it, or null.
  void record(uint64_t address, uint64_t bytes, const void *owner);

  /// What was reserved is the memory of an array, which has no address.
  void record_array(const void *array, uint64_t bytes, const void *owner);

  /// Forgets an allocation; its size, or 0 if it was none of ours.
  uint64_t release(uint64_t address);
  void release_array(const void *array);

  /// What `owner` held is `heir`'s from now on.
  void hand_over(const void *owner, const void *heir);

  /// Forgets what a context owned.
  void release_all(const void *owner);

  /// Whether [address, address + bytes) lies in one recorded allocation.
  bool holds(uint64_t address, uint64_t bytes) const;

  uint64_t quota_bytes() const;
  uint64_t used_bytes() const;

private:
  void publish();

  executor::GrantPage &grant_;
  const uint64_t quota_bytes_;
  mutable std::mutex lock_;
  struct Holding {
    uint64_t bytes;
    const void *owner;
  };
  std::map<uint64_t, Holding> allocations_; // by address
  std::map<const void *, Holding> arrays_;  // by handle
  uint64_t used_bytes_ = 0;
};

} // namespace gpuferry::cuda
