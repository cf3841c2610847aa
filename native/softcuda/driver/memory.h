// Allocating and freeing, each kind of memory in its own way, with the address map kept up to date.
#pragma once

#include "address_map.h"
#include "context.h"

namespace softcuda {

CUresult allocate_device(Context &context, uint64_t bytes, uint64_t *address);
CUresult free_device(Context &context, uint64_t address);
CUresult allocate_managed(Context &context, uint64_t bytes, unsigned flags, uint64_t *address);
CUresult allocate_pinned(Context &context, uint64_t bytes, unsigned flags, void **address);
CUresult free_pinned(void *address);

/// Gives back the storage of an allocation that is no longer in the map.
void release_storage(const Allocation &allocation);

/// Frees everything that `context` still owns; it is about to go.
void release_allocations(Context &context);

/// Is it an address of some device's memory, allocated or not?
bool in_device_range(uint64_t address);

/// May a copy touch these bytes? Addresses in a device's range must lie within one allocation;
/// others are the application's own and cannot be checked.
bool accessible(uint64_t address, uint64_t bytes);

/// As accessible(), for an argument that must be memory the driver knows of.
bool known(uint64_t address, uint64_t bytes);

/// Page-locked or managed: the driver may read and write it later than the call.
bool pinned(uint64_t address, uint64_t bytes);

/// Where module-scope variables live.
class ModuleMemory final : public jit::DeviceMemory {
public:
  explicit ModuleMemory(Context &context) : context_(context) {}
  uint64_t allocate(uint64_t size_bytes, uint64_t align_bytes, bool managed) override;
  void release(uint64_t address) override;

private:
  Context &context_;
};

} // namespace softcuda
