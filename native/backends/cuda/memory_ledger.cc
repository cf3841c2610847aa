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

void MemoryLedger::record(uint64_t address, uint64_t bytes) {
  std::lock_guard lock(lock_);
  allocations_[address] = bytes;
}

uint64_t MemoryLedger::release(uint64_t address) {
  std::lock_guard lock(lock_);
  const auto found = allocations_.find(address);
  if (found == allocations_.end())
    return 0;
  const uint64_t bytes = found->second;
  allocations_.erase(found);
  used_bytes_ -= bytes;
  publish();
  return bytes;
}

bool MemoryLedger::holds(uint64_t address, uint64_t bytes) const {
  std::lock_guard lock(lock_);
  auto after = allocations_.upper_bound(address);
  if (after == allocations_.begin())
    return false;
  const auto &[base, size] = *std::prev(after);
  return address - base <= size && bytes <= size - (address - base);
}

void MemoryLedger::publish() { gf_store_relaxed(&grant_->memory_bytes, used_bytes_); }

} // namespace gpuferry::cuda
