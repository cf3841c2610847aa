#include "pool.h"

#include "entry.h"
#include "memory.h"

namespace softcuda {

namespace {
void raise(std::atomic<uint64_t> &high, uint64_t value) {
  uint64_t seen = high.load();
  while (seen < value && !high.compare_exchange_weak(seen, value)) {
  }
}
} // namespace

CUresult Pool::allocate(Context &context, uint64_t bytes, uint64_t *address) {
  GF_REQUIRE(!store || !store->is_imported()); // only who made it allocates
  if (max_bytes && used_bytes + bytes > max_bytes)
    return CUDA_ERROR_OUT_OF_MEMORY;
  uint64_t base = take(bytes);
  if (!base) {
    context.synchronize(); // frees that are under way
    base = take(bytes);
  }
  if (!base)
    return CUDA_ERROR_OUT_OF_MEMORY;
  record(context, base, bytes);
  *address = base;
  return CUDA_SUCCESS;
}

CUresult Pool::import_pointer(Context &context, const CUmemPoolPtrExportData &data,
                              uint64_t *address) {
  GF_REQUIRE(store);
  uint64_t bytes = 0;
  GF_TRY(store->import_pointer(data, address, &bytes));
  record(context, *address, bytes);
  return CUDA_SUCCESS;
}

void Pool::record(Context &context, uint64_t address, uint64_t bytes) {
  Allocation allocation;
  allocation.base = address;
  allocation.bytes = bytes;
  allocation.kind = MemoryKind::Device;
  allocation.device = device.ordinal();
  allocation.context = &context.root();
  allocation.pool = this;
  AddressMap::instance().insert(allocation);
  const uint64_t used = used_bytes += bytes;
  raise(used_high, used);
  raise(reserved_high, used);
}

bool Pool::give_back(uint64_t address, uint64_t bytes) {
  std::lock_guard lock(mutex);
  const uint64_t left = used_bytes -= bytes;
  if (!store)
    return false;
  store->release(address);
  if (closed_ && left == 0)
    store.reset();
  return true;
}

void Pool::close() {
  std::lock_guard lock(mutex);
  closed_ = true;
  if (used_bytes == 0)
    store.reset();
}

} // namespace softcuda
