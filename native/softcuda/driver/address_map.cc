#include "address_map.h"

namespace softcuda {

AddressMap &AddressMap::instance() {
  static auto *map = new AddressMap; // never destroyed: threads outlive exit handlers
  return *map;
}

AddressMap::Map::const_iterator AddressMap::locate(uint64_t address) const {
  auto after = map_.upper_bound(address);
  if (after == map_.begin())
    return map_.end();
  auto found = std::prev(after);
  return address - found->first < found->second.bytes ? found : map_.end();
}

bool AddressMap::insert(Allocation allocation) {
  std::unique_lock lock(mutex_);
  auto after = map_.lower_bound(allocation.base);
  if (after != map_.end() && after->first - allocation.base < allocation.bytes)
    return false;
  if (after != map_.begin()) {
    auto &before = std::prev(after)->second;
    if (allocation.base - before.base < before.bytes)
      return false;
  }
  allocation.id = next_id_++;
  map_.emplace(allocation.base, allocation);
  return true;
}

std::optional<Allocation> AddressMap::find(uint64_t address) const {
  std::shared_lock lock(mutex_);
  auto found = locate(address);
  if (found == map_.end())
    return std::nullopt;
  return found->second;
}

bool AddressMap::covers(uint64_t address, uint64_t bytes) const {
  std::shared_lock lock(mutex_);
  for (auto found = locate(address); found != map_.end(); found = map_.find(address)) {
    const Allocation &allocation = found->second;
    if (!allocation.reachable)
      return false;
    if (allocation.covers(address, bytes))
      return true;
    if (allocation.kind != MemoryKind::Mapped)
      return false;
    uint64_t here = allocation.base + allocation.bytes - address;
    address += here;
    bytes -= here;
  }
  return false;
}

} // namespace softcuda
