// Every allocation that the driver knows of, device and host alike, by address: what answers
// cuPointerGetAttribute, and what copies are checked against.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <shared_mutex>

namespace softcuda {

class Context;
class Pool;

enum class MemoryKind : uint8_t {
  Device,     // cuMemAlloc, pools, module variables: out of a device's arena
  Pinned,     // cuMemAllocHost, cuMemHostAlloc
  Registered, // cuMemHostRegister
  Managed,    // cuMemAllocManaged, __managed__
  Mapped,     // cuMemMap
};

/// Where memory of a graph's allocation node stands.
enum class GraphState : uint8_t {
  None,     // not of a graph
  Reserved, // has its address; no launch has taken it, or it was given back
  Taken,    // by a launch
  Orphaned, // taken, and the graph is gone
};

struct Allocation {
  uint64_t base = 0;
  uint64_t bytes = 0;
  MemoryKind kind = MemoryKind::Device;
  int device = 0;
  Context *context = nullptr;
  unsigned flags = 0;          // of the call that made it
  uint64_t id = 0;             // CU_POINTER_ATTRIBUTE_BUFFER_ID
  Pool *pool = nullptr;        // stream-ordered memory
  bool internal = false;       // a module's variable: the application may not free it
  bool freeing = false;        // cuMemFreeAsync is under way
  bool sync_memops = false;    // CU_POINTER_ATTRIBUTE_SYNC_MEMOPS
  bool read_mostly = false;    // cuMemAdvise, for managed memory
  bool host_accesses = false;  // cuMemAdvise: managed memory is accessed by the host, and by
  uint64_t accessed_by = 0;    // devices by bit
  bool reachable = true;       // mapped memory, once somebody was granted access
  uint64_t access_devices = 0; // of mapped memory, by bit
  GraphState graph_state = GraphState::None;
  bool graph_mapped = false; // a launch of an executable that still lives has taken it
  int preferred_location = -2, last_prefetch = -2; // device, -1 host, -2 none

  bool is_host() const { return kind == MemoryKind::Pinned || kind == MemoryKind::Registered; }
  bool covers(uint64_t address, uint64_t count) const {
    return address >= base && address - base <= bytes && count <= bytes - (address - base);
  }
};

class AddressMap {
public:
  static AddressMap &instance();

  /// Gives the allocation its id. False where the range meets one that is there already.
  bool insert(Allocation allocation);
  /// The allocation that `address` lies in.
  std::optional<Allocation> find(uint64_t address) const;
  /// Does the range lie in one allocation, or in memory mapped without a gap?
  bool covers(uint64_t address, uint64_t bytes) const;
  /// Removes and returns the allocation at exactly `base`, if `accept` takes it.
  template <class Accept> std::optional<Allocation> take(uint64_t base, Accept accept) {
    std::unique_lock lock(mutex_);
    auto found = map_.find(base);
    if (found == map_.end() || !accept(found->second))
      return std::nullopt;
    Allocation taken = found->second;
    map_.erase(found);
    return taken;
  }
  /// Changes the allocation that `address` lies in; false where there is none.
  template <class Change> bool update(uint64_t address, Change change) {
    std::unique_lock lock(mutex_);
    auto found = locate(address);
    if (found == map_.end())
      return false;
    change(const_cast<Allocation &>(found->second));
    return true;
  }
  /// Changes each allocation.
  template <class Change> void update_all(Change change) {
    std::unique_lock lock(mutex_);
    for (auto &[base, allocation] : map_)
      change(allocation);
  }
  /// Calls `visit` for each allocation.
  template <class Visit> void for_each(Visit visit) const {
    std::shared_lock lock(mutex_);
    for (auto &[base, allocation] : map_)
      visit(allocation);
  }

private:
  using Map = std::map<uint64_t, Allocation>;
  Map::const_iterator locate(uint64_t address) const;

  mutable std::shared_mutex mutex_;
  Map map_;
  uint64_t next_id_ = 1;
};

} // namespace softcuda
