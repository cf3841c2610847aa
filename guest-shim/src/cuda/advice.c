// Hints about managed memory, and what was hinted. The memory lies in the heap, where guest and host
// share it and nothing has to move; the host's driver knows it as registered memory and would refuse
// to be advised. So what was advised is kept here, with the heap's block.
#include <string.h>

#include "cuda/batch.h"
#include "cuda/init.h"
#include "cuda/stub.h"
#include "heap/heap.h"

/// A place as the attributes say it: a device's number, −1 the host, −2 none.
enum { PLACE_HOST = CU_DEVICE_CPU, PLACE_NONE = CU_DEVICE_INVALID };

// A block's flags: what the allocation was asked for is in the lowest byte. A place is kept as the
// distance from PLACE_NONE, so that a new block has none.
#define READ_MOSTLY 0x100u
#define HOST_ACCESSES 0x200u
#define PREFERRED_SHIFT 16
#define PREFETCHED_SHIFT 24

static int place_in(uint32_t flags, int shift) {
  return (int)((flags >> shift) & 0xffu) + PLACE_NONE;
}

static uint32_t with_place(uint32_t flags, int shift, int place) {
  return (flags & ~(0xffu << shift)) | ((uint32_t)(place - PLACE_NONE) & 0xffu) << shift;
}

static uint64_t device_bit(int place) {
  return place >= 0 && place < 64 ? UINT64_C(1) << place : 0;
}

/// The forms before CUDA 12.2 name a device; −1 is the host.
static CUmemLocation location_of(CUdevice device) {
  return (CUmemLocation){.type = device == CU_DEVICE_CPU ? CU_MEM_LOCATION_TYPE_HOST
                                                         : CU_MEM_LOCATION_TYPE_DEVICE,
                         .id = device == CU_DEVICE_CPU ? 0 : device};
}

static CUresult place_of(CUmemLocation location, int *place) {
  switch (location.type) {
  case CU_MEM_LOCATION_TYPE_DEVICE:
    *place = location.id;
    return gf_device(location.id) != NULL ? CUDA_SUCCESS : CUDA_ERROR_INVALID_DEVICE;
  case CU_MEM_LOCATION_TYPE_HOST:
  case CU_MEM_LOCATION_TYPE_HOST_NUMA:
  case CU_MEM_LOCATION_TYPE_HOST_NUMA_CURRENT:
    *place = PLACE_HOST;
    return CUDA_SUCCESS;
  default:
    return CUDA_ERROR_INVALID_VALUE;
  }
}

/// The managed block that a range lies in; INVALID_VALUE for any other range.
static CUresult enter_range(CUdeviceptr address, size_t bytes, struct gf_heap_block *block) {
  struct gf_lane_client *lane;
  CUresult result = gf_enter_current(&lane);
  if (result != CUDA_SUCCESS)
    return result;
  const uint64_t offset = gf_heap_range_offset((void *)address, bytes);
  if (bytes == 0 || offset == UINT64_MAX || !gf_heap_find(offset, block) ||
      block->kind != GF_HEAP_MANAGED)
    return CUDA_ERROR_INVALID_VALUE;
  return CUDA_SUCCESS;
}

CUresult gf_managed_range(CUdeviceptr address, size_t bytes) {
  struct gf_heap_block block;
  return enter_range(address, bytes, &block);
}

CUresult CUDAAPI cuMemAdvise_v2(CUdeviceptr devPtr, size_t count, CUmem_advise advice,
                                CUmemLocation location) {
  struct gf_heap_block block;
  CUresult result = enter_range(devPtr, count, &block);
  int place = PLACE_NONE;
  if (result == CUDA_SUCCESS &&
      (advice == CU_MEM_ADVISE_SET_PREFERRED_LOCATION || advice == CU_MEM_ADVISE_SET_ACCESSED_BY ||
       advice == CU_MEM_ADVISE_UNSET_ACCESSED_BY))
    result = place_of(location, &place);
  if (result != CUDA_SUCCESS)
    return result;
  uint32_t flags = block.flags;
  uint64_t accessed_by = block.accessed_by;
  switch (advice) {
  case CU_MEM_ADVISE_SET_READ_MOSTLY:
    flags |= READ_MOSTLY;
    break;
  case CU_MEM_ADVISE_UNSET_READ_MOSTLY:
    flags &= ~READ_MOSTLY;
    break;
  case CU_MEM_ADVISE_SET_PREFERRED_LOCATION:
  case CU_MEM_ADVISE_UNSET_PREFERRED_LOCATION:
    flags = with_place(flags, PREFERRED_SHIFT, place);
    break;
  case CU_MEM_ADVISE_SET_ACCESSED_BY:
    flags |= place == PLACE_HOST ? HOST_ACCESSES : 0;
    accessed_by |= device_bit(place);
    break;
  case CU_MEM_ADVISE_UNSET_ACCESSED_BY:
    flags &= place == PLACE_HOST ? ~HOST_ACCESSES : ~0u;
    accessed_by &= ~device_bit(place);
    break;
  default:
    return CUDA_ERROR_INVALID_VALUE;
  }
  gf_heap_advise(block.offset_bytes, flags, accessed_by);
  return CUDA_SUCCESS;
}

CUresult CUDAAPI cuMemAdvise(CUdeviceptr devPtr, size_t count, CUmem_advise advice,
                             CUdevice device) {
  return cuMemAdvise_v2(devPtr, count, advice, location_of(device));
}

CUresult CUDAAPI cuMemPrefetchAsync_v2(CUdeviceptr devPtr, size_t count, CUmemLocation location,
                                       unsigned int flags, CUstream hStream) {
  struct gf_heap_block block;
  int place;
  CUresult result = enter_range(devPtr, count, &block);
  if (result == CUDA_SUCCESS && !gf_live((uint64_t)hStream, GF_KIND_STREAM))
    result = CUDA_ERROR_INVALID_HANDLE;
  if (result == CUDA_SUCCESS)
    result = flags == 0 ? place_of(location, &place) : CUDA_ERROR_INVALID_VALUE;
  if (result == CUDA_SUCCESS)
    gf_heap_advise(block.offset_bytes, with_place(block.flags, PREFETCHED_SHIFT, place),
                   block.accessed_by);
  return result;
}

// Nothing is to be tied: host and device see the same memory at all times.
CUresult CUDAAPI cuStreamAttachMemAsync(CUstream hStream, CUdeviceptr dptr, size_t length,
                                        unsigned int flags) {
  struct gf_lane_client *lane;
  struct gf_heap_block block;
  CUresult result = gf_enter_current(&lane);
  if (result == CUDA_SUCCESS && !gf_live((uint64_t)hStream, GF_KIND_STREAM))
    result = CUDA_ERROR_INVALID_HANDLE;
  if (result != CUDA_SUCCESS)
    return result;
  const uint64_t offset = gf_heap_offset((void *)dptr);
  if ((flags != CU_MEM_ATTACH_GLOBAL && flags != CU_MEM_ATTACH_HOST &&
       flags != CU_MEM_ATTACH_SINGLE) ||
      offset == UINT64_MAX || !gf_heap_find(offset, &block) || block.kind != GF_HEAP_MANAGED ||
      block.offset_bytes != offset || (length != 0 && length != block.size_bytes))
    return CUDA_ERROR_INVALID_VALUE;
  return CUDA_SUCCESS;
}

CUresult CUDAAPI cuMemPrefetchAsync(CUdeviceptr devPtr, size_t count, CUdevice dstDevice,
                                    CUstream hStream) {
  return cuMemPrefetchAsync_v2(devPtr, count, location_of(dstDevice), 0, hStream);
}

static int type_of(int place) {
  return place == PLACE_NONE   ? CU_MEM_LOCATION_TYPE_INVALID
         : place == PLACE_HOST ? CU_MEM_LOCATION_TYPE_HOST
                               : CU_MEM_LOCATION_TYPE_DEVICE;
}

/// The devices in their order, then the host, then nothing.
static void list_accessed_by(const struct gf_heap_block *block, int *list, size_t count) {
  size_t listed = 0;
  for (int device = 0; device < 64 && listed < count; device++) {
    if ((block->accessed_by & device_bit(device)) != 0)
      list[listed++] = device;
  }
  if ((block->flags & HOST_ACCESSES) != 0 && listed < count)
    list[listed++] = PLACE_HOST;
  while (listed < count)
    list[listed++] = PLACE_NONE;
}

CUresult CUDAAPI cuMemRangeGetAttribute(void *data, size_t dataSize,
                                        CUmem_range_attribute attribute, CUdeviceptr devPtr,
                                        size_t count) {
  struct gf_heap_block block;
  if (data == NULL || dataSize == 0 || dataSize % sizeof(int) != 0)
    return CUDA_ERROR_INVALID_VALUE;
  CUresult result = enter_range(devPtr, count, &block);
  if (result != CUDA_SUCCESS)
    return result;
  const int preferred = place_in(block.flags, PREFERRED_SHIFT);
  const int prefetched = place_in(block.flags, PREFETCHED_SHIFT);
  int value;
  switch (attribute) {
  case CU_MEM_RANGE_ATTRIBUTE_READ_MOSTLY:
    value = (block.flags & READ_MOSTLY) != 0;
    break;
  case CU_MEM_RANGE_ATTRIBUTE_PREFERRED_LOCATION:
  case CU_MEM_RANGE_ATTRIBUTE_PREFERRED_LOCATION_ID:
    value = preferred;
    break;
  case CU_MEM_RANGE_ATTRIBUTE_LAST_PREFETCH_LOCATION:
  case CU_MEM_RANGE_ATTRIBUTE_LAST_PREFETCH_LOCATION_ID:
    value = prefetched;
    break;
  case CU_MEM_RANGE_ATTRIBUTE_PREFERRED_LOCATION_TYPE:
    value = type_of(preferred);
    break;
  case CU_MEM_RANGE_ATTRIBUTE_LAST_PREFETCH_LOCATION_TYPE:
    value = type_of(prefetched);
    break;
  case CU_MEM_RANGE_ATTRIBUTE_ACCESSED_BY:
    list_accessed_by(&block, data, dataSize / sizeof(int));
    return CUDA_SUCCESS;
  default:
    return CUDA_ERROR_INVALID_VALUE;
  }
  memcpy(data, &value, sizeof value);
  return CUDA_SUCCESS;
}

CUresult CUDAAPI cuMemRangeGetAttributes(void **data, size_t *dataSizes,
                                         CUmem_range_attribute *attributes, size_t numAttributes,
                                         CUdeviceptr devPtr, size_t count) {
  if (data == NULL || dataSizes == NULL || attributes == NULL || numAttributes == 0)
    return CUDA_ERROR_INVALID_VALUE;
  for (size_t i = 0; i < numAttributes; i++) {
    CUresult result = cuMemRangeGetAttribute(data[i], dataSizes[i], attributes[i], devPtr, count);
    if (result != CUDA_SUCCESS)
      return result;
  }
  return CUDA_SUCCESS;
}
