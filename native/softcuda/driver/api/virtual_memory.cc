// Virtual memory management.
#include "../virtual_memory.h"
#include "../entry.h"
#include "../memory.h"

using namespace softcuda;

namespace {

CUresult enter_memory(CUmemGenericAllocationHandle handle, PhysicalMemory **memory) {
  GF_TRY(enter());
  *memory = PhysicalMemory::named(handle);
  return *memory ? CUDA_SUCCESS : CUDA_ERROR_INVALID_VALUE;
}

} // namespace

GF_API cuMemGetAllocationGranularity(size_t *out, const CUmemAllocationProp *properties,
                                     CUmemAllocationGranularity_flags option) {
  GF_TRY(enter());
  GF_REQUIRE(out && properties &&
             (option == CU_MEM_ALLOC_GRANULARITY_MINIMUM ||
              option == CU_MEM_ALLOC_GRANULARITY_RECOMMENDED));
  GF_REQUIRE(properties->type == CU_MEM_ALLOCATION_TYPE_PINNED);
  if (properties->location.type != CU_MEM_LOCATION_TYPE_DEVICE)
    return CUDA_ERROR_NOT_SUPPORTED;
  if (!Process::instance().device(properties->location.id))
    return CUDA_ERROR_INVALID_DEVICE;
  *out = kGranularityBytes;
  return CUDA_SUCCESS;
}

// A wished address is a hint, which we do not take.
GF_API cuMemAddressReserve(CUdeviceptr *out, size_t bytes, size_t alignment, CUdeviceptr,
                           unsigned long long flags) {
  GF_TRY(enter());
  GF_REQUIRE(out && flags == 0);
  uint64_t address = 0;
  GF_TRY(VirtualMemory::instance().reserve(bytes, alignment, &address));
  *out = address;
  return CUDA_SUCCESS;
}

GF_API cuMemAddressFree(CUdeviceptr address, size_t bytes) {
  GF_TRY(enter());
  return VirtualMemory::instance().free(address, bytes);
}

GF_API cuMemCreate(CUmemGenericAllocationHandle *out, size_t bytes,
                   const CUmemAllocationProp *properties, unsigned long long flags) {
  GF_TRY(enter());
  GF_REQUIRE(out && properties && flags == 0);
  PhysicalMemory *memory;
  GF_TRY(PhysicalMemory::create(*properties, bytes, &memory));
  *out = memory->handle();
  return CUDA_SUCCESS;
}

GF_API cuMemExportToShareableHandle(void *out, CUmemGenericAllocationHandle handle,
                                    CUmemAllocationHandleType type, unsigned long long flags) {
  PhysicalMemory *memory;
  GF_TRY(enter_memory(handle, &memory));
  GF_REQUIRE(out && flags == 0);
  if (type != CU_MEM_HANDLE_TYPE_POSIX_FILE_DESCRIPTOR)
    return CUDA_ERROR_NOT_SUPPORTED;
  int fd;
  GF_TRY(memory->export_fd(&fd));
  *static_cast<int *>(out) = fd;
  return CUDA_SUCCESS;
}

// The descriptor is the number that the pointer holds, as CUDA has it.
GF_API cuMemImportFromShareableHandle(CUmemGenericAllocationHandle *out, void *os_handle,
                                      CUmemAllocationHandleType type) {
  GF_TRY(enter());
  GF_REQUIRE(out);
  if (type != CU_MEM_HANDLE_TYPE_POSIX_FILE_DESCRIPTOR)
    return CUDA_ERROR_NOT_SUPPORTED;
  PhysicalMemory *memory;
  GF_TRY(
      PhysicalMemory::import_fd(static_cast<int>(reinterpret_cast<intptr_t>(os_handle)), &memory));
  *out = memory->handle();
  return CUDA_SUCCESS;
}

GF_API cuMemRelease(CUmemGenericAllocationHandle handle) {
  PhysicalMemory *memory;
  GF_TRY(enter_memory(handle, &memory));
  return VirtualMemory::instance().release(*memory);
}

GF_API cuMemRetainAllocationHandle(CUmemGenericAllocationHandle *out, void *address) {
  GF_TRY(enter());
  GF_REQUIRE(out);
  PhysicalMemory *memory;
  GF_TRY(VirtualMemory::instance().retain(reinterpret_cast<uint64_t>(address), &memory));
  *out = memory->handle();
  return CUDA_SUCCESS;
}

GF_API cuMemMap(CUdeviceptr address, size_t bytes, size_t offset,
                CUmemGenericAllocationHandle handle, unsigned long long flags) {
  PhysicalMemory *memory;
  GF_TRY(enter_memory(handle, &memory));
  GF_REQUIRE(offset == 0 && flags == 0); // CUDA takes no other offset either
  return VirtualMemory::instance().map(address, bytes, *memory);
}

// Waits, since kernels that are under way may still use the memory.
GF_API cuMemUnmap(CUdeviceptr address, size_t bytes) {
  GF_TRY(enter());
  Context *context;
  if (current_context(&context) == CUDA_SUCCESS)
    context->synchronize();
  return VirtualMemory::instance().unmap(address, bytes);
}

GF_API cuMemSetAccess(CUdeviceptr address, size_t bytes, const CUmemAccessDesc *access,
                      size_t count) {
  GF_TRY(enter());
  GF_REQUIRE(access && count > 0);
  for (size_t i = 0; i < count; i++) {
    if (access[i].location.type != CU_MEM_LOCATION_TYPE_DEVICE ||
        access[i].flags == CU_MEM_ACCESS_FLAGS_PROT_READ)
      return CUDA_ERROR_NOT_SUPPORTED;
    GF_REQUIRE(access[i].flags == CU_MEM_ACCESS_FLAGS_PROT_NONE ||
               access[i].flags == CU_MEM_ACCESS_FLAGS_PROT_READWRITE);
    if (!Process::instance().device(access[i].location.id))
      return CUDA_ERROR_INVALID_DEVICE;
    GF_TRY(VirtualMemory::instance().set_access(address, bytes, access[i].location.id,
                                                access[i].flags != CU_MEM_ACCESS_FLAGS_PROT_NONE));
  }
  return CUDA_SUCCESS;
}

GF_API cuMemGetAccess(unsigned long long *out, const CUmemLocation *location, CUdeviceptr address) {
  GF_TRY(enter());
  GF_REQUIRE(out && location && location->type == CU_MEM_LOCATION_TYPE_DEVICE);
  if (!Process::instance().device(location->id))
    return CUDA_ERROR_INVALID_DEVICE;
  auto found = AddressMap::instance().find(address);
  GF_REQUIRE(found && found->kind == MemoryKind::Mapped);
  *out = found->access_devices >> location->id & 1 ? CU_MEM_ACCESS_FLAGS_PROT_READWRITE
                                                   : CU_MEM_ACCESS_FLAGS_PROT_NONE;
  return CUDA_SUCCESS;
}

GF_API cuMemGetAllocationPropertiesFromHandle(CUmemAllocationProp *out,
                                              CUmemGenericAllocationHandle handle) {
  PhysicalMemory *memory;
  GF_TRY(enter_memory(handle, &memory));
  GF_REQUIRE(out);
  *out = memory->properties;
  return CUDA_SUCCESS;
}
