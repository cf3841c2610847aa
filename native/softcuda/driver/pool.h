// Memory pools: where cuMemAllocAsync takes its memory from.
#pragma once

#include "device.h"
#include "object.h"
#include "pool_store.h"

#include <atomic>

namespace softcuda {

/// Blocks come from the device's arena one by one, or from the file of a pool that other processes may open; a pool counts
/// them, and keeps the attributes.
class Pool : public Object<Pool, Kind::Pool> {
public:
  explicit Pool(Device &device, uint64_t max_bytes = 0, std::unique_ptr<PoolStore> store = nullptr)
      : device(device), max_bytes(max_bytes), store(std::move(store)) {}

  Device &device;
  const uint64_t max_bytes;         // 0: no limit of its own
  std::unique_ptr<PoolStore> store; // of a pool that can be exported, or was imported
  std::atomic<uint64_t> release_threshold{0}, used_bytes{0}, used_high{0}, reserved_high{0};
  std::atomic<int> reuse_follow_event{1}, reuse_opportunistic{1}, reuse_internal{1};
  std::map<int, CUmemAccess_flags> access; // under mutex: of other devices
  std::mutex mutex;

  /// An address now, to be used once `stream` gets there.
  CUresult allocate(Context &context, uint64_t bytes, uint64_t *address);
  /// An allocation that is no longer in the address map; false where its bytes are the arena's to take back.
  bool give_back(uint64_t address, uint64_t bytes);
  /// An address for what another process allocated from the pool.
  CUresult import_pointer(Context &context, const CUmemPoolPtrExportData &data, uint64_t *address);
  /// The application's handle is gone. What was allocated lives on, and keeps the file.
  void close();

private:
  uint64_t take(uint64_t bytes) {
    return store ? store->allocate(bytes) : device.arena().allocate(bytes);
  }
  void record(Context &context, uint64_t address, uint64_t bytes);
  bool closed_ = false; // under mutex
};

} // namespace softcuda
