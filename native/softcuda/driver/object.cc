#include "object.h"

#include <sys/mman.h>

namespace softcuda {

namespace {

// Pages of it are there once they are touched.
constexpr size_t kRangeBytes = 16ull << 30;

uintptr_t reserve() {
  void *range = mmap(nullptr, kRangeBytes, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  return range == MAP_FAILED ? 0 : reinterpret_cast<uintptr_t>(range);
}

std::once_flag reserved;

} // namespace

bool has_object_memory() {
  std::call_once(reserved, [] { object_range_start.store(reserve(), std::memory_order_release); });
  return object_range_start.load(std::memory_order_acquire) != 0;
}

void *object_memory(size_t bytes) {
  const uintptr_t start =
      has_object_memory() ? object_range_start.load(std::memory_order_acquire) : 0;
  const size_t rounded = (bytes + kObjectAlignBytes - 1) / kObjectAlignBytes * kObjectAlignBytes;
  const size_t at = object_range_used.fetch_add(rounded, std::memory_order_acq_rel);
  if (!start || at + rounded > kRangeBytes)
    throw std::bad_alloc();
  return reinterpret_cast<void *>(start + at);
}

} // namespace softcuda
