// Allocation: device, host, managed; host registration.
#include "../memory.h"
#include "../capture_rules.h"
#include "../entry.h"

#include <sys/mman.h>

#include <algorithm>
#include <cstring>

using namespace softcuda;

namespace {
/// Has the process a page at each address of the range? Only such pages can be locked.
bool is_mapped(void *address, size_t bytes) {
  constexpr uint64_t kPageBytes = 4096;
  if (bytes > UINT64_MAX - kPageBytes - reinterpret_cast<uint64_t>(address))
    return false;
  unsigned char residency[512];
  uint64_t at = reinterpret_cast<uint64_t>(address) / kPageBytes * kPageBytes;
  uint64_t pages =
      (reinterpret_cast<uint64_t>(address) % kPageBytes + bytes + kPageBytes - 1) / kPageBytes;
  for (uint64_t done = 0; done < pages; done += sizeof residency) {
    size_t piece = std::min<uint64_t>(pages - done, sizeof residency);
    if (mincore(reinterpret_cast<void *>(at + done * kPageBytes), piece * kPageBytes, residency) !=
        0)
      return false;
  }
  return true;
}
} // namespace

GF_API cuMemGetInfo_v2(size_t *free_bytes, size_t *total_bytes) {
  Context *context;
  GF_TRY(enter(&context));
  GF_REQUIRE(free_bytes && total_bytes);
  *free_bytes = context->device.arena().free_bytes();
  *total_bytes = context->device.arena().limit_bytes();
  return CUDA_SUCCESS;
}

GF_API cuMemAlloc_v2(CUdeviceptr *out, size_t bytes) {
  Context *context;
  GF_TRY(enter(&context));
  GF_TRY(refuse_unsafe());
  GF_REQUIRE(out);
  uint64_t address;
  GF_TRY(allocate_device(*context, bytes, &address));
  *out = address;
  return CUDA_SUCCESS;
}

GF_API cuMemAllocPitch_v2(CUdeviceptr *out, size_t *pitch, size_t width_bytes, size_t rows,
                          unsigned int element_bytes) {
  GF_REQUIRE(out && pitch && width_bytes && rows);
  GF_REQUIRE(element_bytes == 4 || element_bytes == 8 || element_bytes == 16);
  size_t row = (width_bytes + 511) & ~size_t{511};
  GF_REQUIRE(row >= width_bytes && rows <= SIZE_MAX / row);
  GF_TRY(cuMemAlloc_v2(out, row * rows));
  *pitch = row;
  return CUDA_SUCCESS;
}

GF_API cuMemFree_v2(CUdeviceptr address) {
  Context *context;
  GF_TRY(enter(&context));
  GF_TRY(refuse_unsafe());
  return free_device(*context, address);
}

GF_API cuMemGetAddressRange_v2(CUdeviceptr *base, size_t *bytes, CUdeviceptr address) {
  Context *context;
  GF_TRY(enter(&context));
  auto found = AddressMap::instance().find(address);
  if (!found)
    return CUDA_ERROR_NOT_FOUND;
  if (base)
    *base = found->base;
  if (bytes)
    *bytes = found->bytes;
  return CUDA_SUCCESS;
}

GF_API cuMemAllocManaged(CUdeviceptr *out, size_t bytes, unsigned int flags) {
  Context *context;
  GF_TRY(enter(&context));
  GF_TRY(refuse_unsafe());
  GF_REQUIRE(out && (flags == CU_MEM_ATTACH_GLOBAL || flags == CU_MEM_ATTACH_HOST));
  uint64_t address;
  GF_TRY(allocate_managed(*context, bytes, flags, &address));
  *out = address;
  return CUDA_SUCCESS;
}

GF_API cuMemHostAlloc(void **out, size_t bytes, unsigned int flags) {
  Context *context;
  GF_TRY(enter(&context));
  GF_TRY(refuse_unsafe());
  constexpr unsigned kKnown =
      CU_MEMHOSTALLOC_PORTABLE | CU_MEMHOSTALLOC_DEVICEMAP | CU_MEMHOSTALLOC_WRITECOMBINED;
  GF_REQUIRE(out && (flags & ~kKnown) == 0);
  // With unified addressing all host memory is portable and mapped, whatever was asked for.
  return allocate_pinned(*context, bytes, flags | CU_MEMHOSTALLOC_DEVICEMAP, out);
}

GF_API cuMemAllocHost_v2(void **out, size_t bytes) { return cuMemHostAlloc(out, bytes, 0); }

GF_API cuMemFreeHost(void *address) {
  Context *context;
  GF_TRY(enter(&context));
  GF_TRY(refuse_unsafe());
  if (!address)
    return CUDA_SUCCESS;
  return free_pinned(address);
}

GF_API cuMemHostGetDevicePointer_v2(CUdeviceptr *out, void *address, unsigned int flags) {
  Context *context;
  GF_TRY(enter(&context));
  GF_REQUIRE(out && flags == 0);
  auto found = AddressMap::instance().find(reinterpret_cast<uint64_t>(address));
  GF_REQUIRE(found && (found->is_host() || found->kind == MemoryKind::Managed));
  *out = reinterpret_cast<CUdeviceptr>(address);
  return CUDA_SUCCESS;
}

GF_API cuMemHostGetFlags(unsigned int *flags, void *address) {
  Context *context;
  GF_TRY(enter(&context));
  GF_REQUIRE(flags);
  auto found = AddressMap::instance().find(reinterpret_cast<uint64_t>(address));
  GF_REQUIRE(found && found->is_host());
  *flags = found->flags;
  return CUDA_SUCCESS;
}

GF_API cuMemHostRegister_v2(void *address, size_t bytes, unsigned int flags) {
  Context *context;
  GF_TRY(enter(&context));
  GF_TRY(refuse_unsafe());
  constexpr unsigned kKnown = CU_MEMHOSTREGISTER_PORTABLE | CU_MEMHOSTREGISTER_DEVICEMAP |
                              CU_MEMHOSTREGISTER_IOMEMORY | CU_MEMHOSTREGISTER_READ_ONLY;
  GF_REQUIRE(address && bytes && (flags & ~kKnown) == 0);
  GF_REQUIRE(!in_device_range(reinterpret_cast<uint64_t>(address)));
  GF_REQUIRE(is_mapped(address, bytes));
  Allocation allocation;
  allocation.base = reinterpret_cast<uint64_t>(address);
  allocation.bytes = bytes;
  allocation.kind = MemoryKind::Registered;
  allocation.device = context->device.ordinal();
  allocation.context = context;
  allocation.flags = flags | CU_MEMHOSTREGISTER_DEVICEMAP;
  return AddressMap::instance().insert(allocation) ? CUDA_SUCCESS
                                                   : CUDA_ERROR_HOST_MEMORY_ALREADY_REGISTERED;
}

GF_API cuMemHostRegister(void *address, size_t bytes, unsigned int flags) {
  return cuMemHostRegister_v2(address, bytes, flags);
}

GF_API cuMemHostUnregister(void *address) {
  Context *context;
  GF_TRY(enter(&context));
  GF_TRY(refuse_unsafe());
  GF_REQUIRE(address);
  context->synchronize();
  auto is_registered = [](const Allocation &a) { return a.kind == MemoryKind::Registered; };
  auto at = reinterpret_cast<uint64_t>(address);
  if (AddressMap::instance().take(at, is_registered))
    return CUDA_SUCCESS;
  auto around = AddressMap::instance().find(at);
  return around && is_registered(*around) ? CUDA_ERROR_INVALID_VALUE
                                          : CUDA_ERROR_HOST_MEMORY_NOT_REGISTERED;
}
