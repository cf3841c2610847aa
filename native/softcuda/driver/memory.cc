#include "memory.h"

#include "graph_memory.h"
#include "pool.h"
#include "process.h"

#include <cstring>
#include <sys/mman.h>
#include <vector>

namespace softcuda {

namespace {

uint64_t page_round(uint64_t bytes) { return (bytes + 4095) & ~uint64_t{4095}; }

// Host memory of ours comes by whole pages from the kernel: zeroed, and a wild address next to it
// faults.
void *map_pages(uint64_t bytes) {
  void *memory =
      mmap(nullptr, page_round(bytes), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  return memory == MAP_FAILED ? nullptr : memory;
}

Arena &arena_of(const Allocation &allocation) {
  return Process::instance().device(allocation.device)->arena();
}

Allocation describe(Context &context, uint64_t base, uint64_t bytes, MemoryKind kind,
                    unsigned flags) {
  Allocation allocation;
  allocation.base = base;
  allocation.bytes = bytes;
  allocation.kind = kind;
  allocation.device = context.device.ordinal();
  allocation.context = &context.root();
  allocation.flags = flags;
  return allocation;
}

} // namespace

CUresult allocate_device(Context &context, uint64_t bytes, uint64_t *address) {
  if (bytes == 0)
    return CUDA_ERROR_INVALID_VALUE;
  uint64_t base = context.device.arena().allocate(bytes);
  if (!base) {
    // What cuMemFreeAsync will free is still taken until its stream gets there.
    context.synchronize();
    base = context.device.arena().allocate(bytes);
  }
  if (!base)
    return CUDA_ERROR_OUT_OF_MEMORY;
  AddressMap::instance().insert(describe(context, base, bytes, MemoryKind::Device, 0));
  *address = base;
  return CUDA_SUCCESS;
}

// Waits for the context, since kernels that are under way may still use the memory.
CUresult free_device(Context &context, uint64_t address) {
  if (address == 0)
    return CUDA_SUCCESS;
  auto found = AddressMap::instance().find(address);
  if (!found || found->base != address || found->is_host() || found->internal || found->freeing)
    return CUDA_ERROR_INVALID_VALUE;
  if (found->graph_state == GraphState::Reserved)
    return CUDA_ERROR_INVALID_VALUE;
  CUresult result = context.synchronize();
  if (found->context && found->context != &context && Context::from(found->context))
    found->context->synchronize();
  if (found->graph_state != GraphState::None) {
    if (!give_back_graph_memory(address))
      return CUDA_ERROR_INVALID_VALUE;
    if (is_graph_memory(address))
      return result;
  }
  auto taken = AddressMap::instance().take(
      address, [](const Allocation &a) { return !a.is_host() && !a.internal && !a.freeing; });
  if (!taken)
    return CUDA_ERROR_INVALID_VALUE;
  release_storage(*taken);
  return result;
}

CUresult allocate_managed(Context &context, uint64_t bytes, unsigned flags, uint64_t *address) {
  if (bytes == 0)
    return CUDA_ERROR_INVALID_VALUE;
  void *memory = map_pages(bytes);
  if (!memory)
    return CUDA_ERROR_OUT_OF_MEMORY;
  *address = reinterpret_cast<uint64_t>(memory);
  AddressMap::instance().insert(describe(context, *address, bytes, MemoryKind::Managed, flags));
  return CUDA_SUCCESS;
}

CUresult allocate_pinned(Context &context, uint64_t bytes, unsigned flags, void **address) {
  if (bytes == 0)
    return CUDA_ERROR_INVALID_VALUE;
  void *pages = map_pages(bytes);
  if (!pages)
    return CUDA_ERROR_OUT_OF_MEMORY;
  AddressMap::instance().insert(
      describe(context, reinterpret_cast<uint64_t>(pages), bytes, MemoryKind::Pinned, flags));
  *address = pages;
  return CUDA_SUCCESS;
}

CUresult free_pinned(void *address) {
  auto taken =
      AddressMap::instance().take(reinterpret_cast<uint64_t>(address),
                                  [](const Allocation &a) { return a.kind == MemoryKind::Pinned; });
  if (!taken)
    return CUDA_ERROR_INVALID_VALUE;
  if (Context *context = Context::from(taken->context))
    context->synchronize();
  release_storage(*taken);
  return CUDA_SUCCESS;
}

void release_storage(const Allocation &allocation) {
  if (allocation.pool && allocation.pool->give_back(allocation.base, allocation.bytes))
    return;
  switch (allocation.kind) {
  case MemoryKind::Device:
    arena_of(allocation).release(allocation.base);
    break;
  case MemoryKind::Pinned:
  case MemoryKind::Managed:
    munmap(reinterpret_cast<void *>(allocation.base), page_round(allocation.bytes));
    break;
  case MemoryKind::Registered:
  case MemoryKind::Mapped: // whose own calls take it apart
    break;
  }
}

void release_allocations(Context &context) {
  std::vector<uint64_t> owned;
  AddressMap::instance().for_each([&](const Allocation &allocation) {
    if (allocation.context == &context)
      owned.push_back(allocation.base);
  });
  for (uint64_t base : owned)
    if (auto taken = AddressMap::instance().take(base, [](const Allocation &) { return true; }))
      release_storage(*taken);
}

bool in_device_range(uint64_t address) {
  for (auto &device : Process::instance().devices())
    if (device->arena().contains(address))
      return true;
  return false;
}

bool accessible(uint64_t address, uint64_t bytes) {
  if (address == 0)
    return false;
  return !in_device_range(address) || AddressMap::instance().covers(address, bytes);
}

bool known(uint64_t address, uint64_t bytes) {
  return AddressMap::instance().covers(address, bytes);
}

bool pinned(uint64_t address, uint64_t bytes) {
  return !in_device_range(address) && AddressMap::instance().covers(address, bytes);
}

uint64_t ModuleMemory::allocate(uint64_t size_bytes, uint64_t align_bytes, bool managed) {
  uint64_t address = 0;
  if (managed)
    allocate_managed(context_, size_bytes, CU_MEM_ATTACH_GLOBAL, &address);
  else if ((address = context_.device.arena().allocate(size_bytes, align_bytes))) {
    memset(reinterpret_cast<void *>(address), 0, size_bytes);
    AddressMap::instance().insert(describe(context_, address, size_bytes, MemoryKind::Device, 0));
  }
  if (address)
    AddressMap::instance().update(address, [](Allocation &a) { a.internal = true; });
  return address;
}

void ModuleMemory::release(uint64_t address) {
  if (auto taken = AddressMap::instance().take(address, [](const Allocation &) { return true; }))
    release_storage(*taken);
}

} // namespace softcuda
