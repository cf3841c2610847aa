#include "backends/gl/names.h"

namespace gpuferry::gl {

NumberMap::~NumberMap() {
  for (auto &page : pages_)
    delete page.load(std::memory_order_relaxed);
}

uint32_t NumberMap::find_sparse(uint32_t key) const {
  std::lock_guard lock(changes_);
  const auto found = sparse_.find(key);
  return found == sparse_.end() ? 0 : found->second;
}

void NumberMap::set(uint32_t key, uint32_t value) {
  if (key < kDense) {
    std::atomic<Page *> &slot = pages_[key / kPage];
    Page *page = slot.load(std::memory_order_acquire);
    if (!page) {
      if (value == 0)
        return;
      std::lock_guard lock(changes_);
      page = slot.load(std::memory_order_relaxed);
      if (!page) {
        page = new Page{};
        slot.store(page, std::memory_order_release);
      }
    }
    (*page)[key % kPage].store(value, std::memory_order_relaxed);
    return;
  }
  std::lock_guard lock(changes_);
  if (value == 0)
    sparse_.erase(key);
  else
    sparse_[key] = value;
}

void NameTable::add(uint32_t guest, uint32_t native) {
  // A driver gives a number again once its object is gone, which the table may not have heard of (a
  // deleted program lives while it is in use): whoever had the number before has lost it.
  if (const uint32_t before = guests_.find(native);
      before != 0 && before != guest && natives_.find(before) == native)
    natives_.set(before, 0);
  natives_.set(guest, native);
  guests_.set(native, guest);
}

void NameTable::remove(uint32_t guest) { natives_.set(guest, 0); }

void *SyncTable::find(uint64_t guest) const {
  std::lock_guard lock(lock_);
  const auto found = syncs_.find(guest);
  return found == syncs_.end() ? nullptr : found->second;
}

void SyncTable::add(uint64_t guest, void *native) {
  std::lock_guard lock(lock_);
  syncs_[guest] = native;
}

void *SyncTable::take(uint64_t guest) {
  std::lock_guard lock(lock_);
  const auto found = syncs_.find(guest);
  if (found == syncs_.end())
    return nullptr;
  void *native = found->second;
  syncs_.erase(found);
  return native;
}

} // namespace gpuferry::gl
