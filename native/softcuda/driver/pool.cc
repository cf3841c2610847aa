#include "pool.h"

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
  if (max_bytes && used_bytes + bytes > max_bytes)
    return CUDA_ERROR_OUT_OF_MEMORY;
  uint64_t base = device.arena().allocate(bytes);
  if (!base) {
    context.synchronize(); // frees that are under way
    base = device.arena().allocate(bytes);
  }
  if (!base)
    return CUDA_ERROR_OUT_OF_MEMORY;
  Allocation allocation;
  allocation.base = base;
  allocation.bytes = bytes;
  allocation.kind = MemoryKind::Device;
  allocation.device = device.ordinal();
  allocation.context = &context;
  allocation.pool = this;
  AddressMap::instance().insert(allocation);
  uint64_t used = used_bytes += bytes;
  raise(used_high, used);
  raise(reserved_high, used);
  *address = base;
  return CUDA_SUCCESS;
}

} // namespace softcuda
