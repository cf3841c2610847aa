#include "backends/cuda/physical_holdings.h"

namespace gpuferry::cuda {

void PhysicalHoldings::created(CUmemGenericAllocationHandle memory, uint64_t bytes) {
  std::lock_guard lock(lock_);
  holdings_[memory] = {bytes, 1, 0};
}

void PhysicalHoldings::retained(CUmemGenericAllocationHandle memory) {
  std::lock_guard lock(lock_);
  if (const auto found = holdings_.find(memory); found != holdings_.end())
    found->second.holders++;
}

uint64_t
PhysicalHoldings::drop_if_unused(std::map<CUmemGenericAllocationHandle, Holding>::iterator at) {
  if (at->second.holders != 0 || at->second.mappings != 0)
    return 0;
  const uint64_t bytes = at->second.bytes;
  holdings_.erase(at);
  return bytes;
}

bool PhysicalHoldings::released(CUmemGenericAllocationHandle memory, uint64_t *freed_bytes) {
  std::lock_guard lock(lock_);
  *freed_bytes = 0;
  const auto found = holdings_.find(memory);
  if (found == holdings_.end() || found->second.holders == 0)
    return true;
  const bool is_last = --found->second.holders == 0;
  *freed_bytes = drop_if_unused(found);
  return is_last;
}

void PhysicalHoldings::mapped(CUmemGenericAllocationHandle memory, CUdeviceptr address) {
  std::lock_guard lock(lock_);
  mappings_[address] = memory;
  if (const auto found = holdings_.find(memory); found != holdings_.end())
    found->second.mappings++;
}

uint64_t PhysicalHoldings::unmapped(CUdeviceptr address, uint64_t bytes) {
  std::lock_guard lock(lock_);
  uint64_t freed = 0;
  auto mapping = mappings_.lower_bound(address);
  while (mapping != mappings_.end() && mapping->first - address < bytes) {
    if (const auto found = holdings_.find(mapping->second); found != holdings_.end()) {
      found->second.mappings--;
      freed += drop_if_unused(found);
    }
    mapping = mappings_.erase(mapping);
  }
  return freed;
}

} // namespace gpuferry::cuda
