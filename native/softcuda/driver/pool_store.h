// The memory of a pool that other processes may open: a file that a descriptor names.
//
// Each process sees it in a range of device addresses of its own. Pages are there only where an allocation lies, so that
// a wild pointer faults as elsewhere; in a process that imported the pool, once the allocation was imported too. The
// file's first page says whose it is.
#pragma once

#include "device.h"

#include <map>
#include <memory>
#include <mutex>

namespace softcuda {

class PoolStore {
public:
  /// Of at most `bytes`, which are not charged to the device before they are allocated.
  static CUresult create(Device &device, uint64_t bytes, std::unique_ptr<PoolStore> *out);
  /// What another process (or this one) exported. `fd` stays the caller's.
  static CUresult import(int fd, std::unique_ptr<PoolStore> *out);
  ~PoolStore();
  PoolStore(const PoolStore &) = delete;
  PoolStore &operator=(const PoolStore &) = delete;

  Device &device() const { return device_; }
  bool is_imported() const { return is_imported_; }
  CUresult export_fd(int *out) const;

  /// 0 where the file or the device is full.
  uint64_t allocate(uint64_t bytes);
  void release(uint64_t address);

  /// Names an allocation for those that imported the pool.
  void export_pointer(uint64_t address, uint64_t bytes, CUmemPoolPtrExportData *out) const;
  CUresult import_pointer(const CUmemPoolPtrExportData &data, uint64_t *address, uint64_t *bytes);

private:
  PoolStore(Device &device, uint64_t base, uint64_t bytes, int fd, bool is_imported);
  bool show(uint64_t address, uint64_t bytes);

  Device &device_;
  const uint64_t base_, bytes_; // where the file's first page would be seen
  const int fd_;
  const bool is_imported_;
  uint64_t file_number_ = 0;
  std::mutex mutex_;
  std::map<uint64_t, uint64_t> free_; // offset → bytes, in what this process may allocate
  std::map<uint64_t, uint64_t> live_; // address → bytes, of whole pages
};

} // namespace softcuda
