#include "backends/cuda/memory_ledger.h"

#include <algorithm>

namespace gpuferry::cuda {

uint64_t MemoryLedger::quota_bytes() const {
  return std::min(quota_bytes_, gf_load_relaxed(&grant_->memory_quota_bytes));
}

uint64_t MemoryLedger::used_bytes() const {
  std::lock_guard lock(lock_);
  return used_bytes_;
}

bool MemoryLedger::reserve(uint64_t bytes) {
  std::lock_guard lock(lock_);
  const uint64_t quota = quota_bytes();
  if (bytes > quota || used_bytes_ > quota - bytes)
    return false;
  used_bytes_ += bytes;
  publish();
  return true;
}

void MemoryLedger::cancel(uint64_t bytes) {
  std::lock_guard lock(lock_);
  used_bytes_ -= bytes;
  publish();
}

void MemoryLedger::record(uint64_t address, uint64_t bytes, const void *owner) {
  std::lock_guard lock(lock_);
  allocations_[address] = {bytes, owner};
}

void MemoryLedger::record_array(const void *array, uint64_t bytes, const void *owner) {
  std::lock_guard lock(lock_);
  arrays_[array] = {bytes, owner};
}

uint64_t MemoryLedger::release(uint64_t address) {
  std::lock_guard lock(lock_);
  const auto found = allocations_.find(address);
  if (found == allocations_.end())
    return 0;
  const uint64_t bytes = found->second.bytes;
  allocations_.erase(found);
  used_bytes_ -= bytes;
  publish();
  return bytes;
}

void MemoryLedger::release_array(const void *array) {
  std::lock_guard lock(lock_);
  const auto found = arrays_.find(array);
  if (found == arrays_.end())
    return;
  used_bytes_ -= found->second.bytes;
  arrays_.erase(found);
  publish();
}

void MemoryLedger::hand_over(const void *owner, const void *heir) {
  std::lock_guard lock(lock_);
  for (auto &[address, holding] : allocations_)
    if (holding.owner == owner)
      holding.owner = heir;
  for (auto &[array, holding] : arrays_)
    if (holding.owner == owner)
      holding.owner = heir;
}

void MemoryLedger::release_all(const void *owner) {
  std::lock_guard lock(lock_);
  const auto drop = [&](auto &holdings) {
    std::erase_if(holdings, [&](const auto &entry) {
      if (entry.second.owner != owner)
        return false;
      used_bytes_ -= entry.second.bytes;
      return true;
    });
  };
  drop(allocations_);
  drop(arrays_);
  publish();
}

bool MemoryLedger::holds(uint64_t address, uint64_t bytes) const {
  std::lock_guard lock(lock_);
  auto after = allocations_.upper_bound(address);
  if (after == allocations_.begin())
    return false;
  const auto &[base, holding] = *std::prev(after);
  const uint64_t offset = address - base;
  return offset <= holding.bytes && bytes <= holding.bytes - offset;
}

void MemoryLedger::publish() { gf_store_relaxed(&grant_->memory_bytes, used_bytes_); }

} // namespace gpuferry::cuda
