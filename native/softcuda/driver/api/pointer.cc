// What an address is.
#include "../entry.h"
#include "../memory.h"
#include "../pool.h"

using namespace softcuda;

namespace {

template <class T> CUresult put(void *out, T value) {
  *static_cast<T *>(out) = value;
  return CUDA_SUCCESS;
}

CUresult describe(const Allocation &a, CUpointer_attribute which, CUdeviceptr address, void *out) {
  bool managed = a.kind == MemoryKind::Managed;
  switch (which) {
  case CU_POINTER_ATTRIBUTE_CONTEXT:
    return put(out, handle_of<CUcontext>(a.context));
  case CU_POINTER_ATTRIBUTE_MEMORY_TYPE:
    return put<CUmemorytype>(out, a.is_host() ? CU_MEMORYTYPE_HOST : CU_MEMORYTYPE_DEVICE);
  case CU_POINTER_ATTRIBUTE_DEVICE_POINTER:
    return put<CUdeviceptr>(out, address);
  case CU_POINTER_ATTRIBUTE_HOST_POINTER:
    if (!a.is_host() && !managed)
      return CUDA_ERROR_INVALID_VALUE;
    return put(out, reinterpret_cast<void *>(address));
  case CU_POINTER_ATTRIBUTE_SYNC_MEMOPS:
    return put<unsigned>(out, a.sync_memops);
  case CU_POINTER_ATTRIBUTE_BUFFER_ID:
    return put<unsigned long long>(out, a.id);
  case CU_POINTER_ATTRIBUTE_IS_MANAGED:
    return put<unsigned>(out, managed);
  case CU_POINTER_ATTRIBUTE_DEVICE_ORDINAL:
    return put<int>(out, a.device);
  case CU_POINTER_ATTRIBUTE_IS_LEGACY_CUDA_IPC_CAPABLE:
    return put<unsigned>(out, a.kind == MemoryKind::Device && !a.pool && !a.internal);
  case CU_POINTER_ATTRIBUTE_IS_GPU_DIRECT_RDMA_CAPABLE:
  case CU_POINTER_ATTRIBUTE_IS_HW_DECOMPRESS_CAPABLE:
    return put<unsigned>(out, 0);
  case CU_POINTER_ATTRIBUTE_RANGE_START_ADDR:
    return put<CUdeviceptr>(out, a.base);
  case CU_POINTER_ATTRIBUTE_RANGE_SIZE:
    return put<size_t>(out, a.bytes);
  case CU_POINTER_ATTRIBUTE_MAPPED:
    return put<unsigned>(out, 1);
  case CU_POINTER_ATTRIBUTE_ALLOWED_HANDLE_TYPES:
    return put<unsigned long long>(out, 0);
  case CU_POINTER_ATTRIBUTE_ACCESS_FLAGS:
    return put<unsigned long long>(out, CU_POINTER_ATTRIBUTE_ACCESS_FLAG_READWRITE);
  case CU_POINTER_ATTRIBUTE_MEMPOOL_HANDLE:
    return put(out, handle_of<CUmemoryPool>(a.pool));
  case CU_POINTER_ATTRIBUTE_MAPPING_SIZE:
    return put<size_t>(out, a.bytes);
  case CU_POINTER_ATTRIBUTE_MAPPING_BASE_ADDR:
    return put<CUdeviceptr>(out, a.base);
  case CU_POINTER_ATTRIBUTE_MEMORY_BLOCK_ID:
    return put<unsigned long long>(out, a.id);
  default:
    return CUDA_ERROR_INVALID_VALUE;
  }
}

// What cuPointerGetAttributes, which does not fail for an address it does not know, gives for one.
void describe_unknown(CUpointer_attribute which, void *out) {
  switch (which) {
  case CU_POINTER_ATTRIBUTE_CONTEXT:
  case CU_POINTER_ATTRIBUTE_HOST_POINTER:
  case CU_POINTER_ATTRIBUTE_DEVICE_POINTER:
  case CU_POINTER_ATTRIBUTE_BUFFER_ID:
  case CU_POINTER_ATTRIBUTE_RANGE_START_ADDR:
  case CU_POINTER_ATTRIBUTE_RANGE_SIZE:
  case CU_POINTER_ATTRIBUTE_ALLOWED_HANDLE_TYPES:
  case CU_POINTER_ATTRIBUTE_MEMPOOL_HANDLE:
    put<uint64_t>(out, 0);
    break;
  case CU_POINTER_ATTRIBUTE_DEVICE_ORDINAL:
    put<int>(out, -2);
    break;
  default:
    put<unsigned>(out, 0);
  }
}

} // namespace

GF_API cuPointerGetAttribute(void *out, CUpointer_attribute which, CUdeviceptr address) {
  GF_TRY(enter());
  GF_REQUIRE(out && address);
  auto found = AddressMap::instance().find(address);
  GF_REQUIRE(found);
  return describe(*found, which, address, out);
}

GF_API cuPointerGetAttributes(unsigned int count, CUpointer_attribute *attributes, void **out,
                              CUdeviceptr address) {
  GF_TRY(enter());
  GF_REQUIRE(count && attributes && out);
  auto found = AddressMap::instance().find(address);
  for (unsigned i = 0; i < count; i++) {
    GF_REQUIRE(out[i] && attributes[i] > 0 &&
               attributes[i] <= CU_POINTER_ATTRIBUTE_IS_HW_DECOMPRESS_CAPABLE);
    if (!found || describe(*found, attributes[i], address, out[i]))
      describe_unknown(attributes[i], out[i]);
  }
  return CUDA_SUCCESS;
}

GF_API cuPointerSetAttribute(const void *value, CUpointer_attribute which, CUdeviceptr address) {
  GF_TRY(enter());
  GF_REQUIRE(value && which == CU_POINTER_ATTRIBUTE_SYNC_MEMOPS);
  bool on = *static_cast<const unsigned *>(value) != 0;
  bool found = AddressMap::instance().update(address, [on](Allocation &a) { a.sync_memops = on; });
  return found ? CUDA_SUCCESS : CUDA_ERROR_INVALID_VALUE;
}
