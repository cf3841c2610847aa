// A software device: what it says about itself, its memory, its primary context.
#pragma once

#include "arena.h"
#include "cuda_api.h"

#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace softcuda {

class Context;
class Pool;

/// How much memory graphs use, and how much was set aside for them: what was used at once at most,
/// since it was trimmed.
struct GraphMemoryCount {
  std::atomic<uint64_t> used{0}, used_high{0}, reserved{0}, reserved_high{0};
  void take(uint64_t bytes);
  void give_back(uint64_t bytes) { used -= bytes; }
  void trim() { reserved = used.load(); }
};

class Device {
public:
  /// `number` counts all devices, `ordinal` those that this process may see.
  Device(int ordinal, unsigned number, uint64_t memory_bytes);
  ~Device();

  int ordinal() const { return ordinal_; }
  const std::string &name() const { return name_; }
  const CUuuid &uuid() const { return uuid_; }
  uint32_t pci_bus() const { return 1 + number_; }
  Arena &arena() { return arena_; }

  /// CUDA_ERROR_INVALID_VALUE for an attribute that CUDA 13.0 does not have.
  CUresult attribute(CUdevice_attribute which, int *value) const;

  static constexpr int kMajor = 8, kMinor = 9, kMultiprocessors = 8;
  static constexpr unsigned kMaxThreadsPerBlock = 1024;
  static constexpr unsigned kPortableClusterBlocks = 8, kMostClusterBlocks = 16;
  static constexpr unsigned kSharedPerBlockBytes = 48 << 10, kSharedOptinBytes = 99 << 10;

  // The primary context: one for all that ask, made at the first retain, gone at the last release.
  CUresult primary_retain(Context **out);
  CUresult primary_release();
  CUresult primary_reset();
  CUresult primary_set_flags(unsigned flags);
  void primary_state(unsigned *flags, int *active);
  /// The primary context's handle, which is the same whether it lives or not, without retaining it.
  CUcontext primary_handle() const { return static_cast<CUcontext>(primary_storage_); }

  GraphMemoryCount graph_memory;

  Pool &default_pool();
  Pool &pool();
  void set_pool(Pool *pool);

private:
  void primary_destroy();

  const int ordinal_;
  const unsigned number_;
  std::string name_;
  CUuuid uuid_;
  Arena arena_;
  std::mutex primary_mutex_;
  void *const primary_storage_; // where the primary context lives whenever there is one
  Context *primary_ = nullptr;  // there, or null
  unsigned primary_references_ = 0, primary_flags_ = 0;
  std::mutex pool_mutex_;
  Pool *default_pool_ = nullptr, *pool_ = nullptr;
};

/// As GPUFERRY_SOFTCUDA_DEVICES (default 1, 0 to 64) and GPUFERRY_SOFTCUDA_MEMORY (bytes with an
/// optional K, M, G or T; default half of the machine's, at least 4G) say, and as far as CUDA_VISIBLE_DEVICES shows them.
std::vector<std::unique_ptr<Device>> make_devices();

} // namespace softcuda
