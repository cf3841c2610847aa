// Hints about managed memory, and what was hinted.
#include <string.h>

#include "cuda/stub.h"

/// The forms before CUDA 12.2 name a device; −1 is the host.
static CUmemLocation location_of(CUdevice device) {
  return (CUmemLocation){.type = device == CU_DEVICE_CPU ? CU_MEM_LOCATION_TYPE_HOST
                                                         : CU_MEM_LOCATION_TYPE_DEVICE,
                         .id = device == CU_DEVICE_CPU ? 0 : device};
}

CUresult CUDAAPI cuMemAdvise(CUdeviceptr devPtr, size_t count, CUmem_advise advice,
                             CUdevice device) {
  return cuMemAdvise_v2(devPtr, count, advice, location_of(device));
}

CUresult CUDAAPI cuMemPrefetchAsync(CUdeviceptr devPtr, size_t count, CUdevice dstDevice,
                                    CUstream hStream) {
  return cuMemPrefetchAsync_v2(devPtr, count, location_of(dstDevice), 0, hStream);
}

CUresult CUDAAPI cuMemRangeGetAttribute(void *data, size_t dataSize,
                                        CUmem_range_attribute attribute, CUdeviceptr devPtr,
                                        size_t count) {
  struct gf_lane_client *lane;
  CUresult result = gf_enter(&lane);
  if (result != CUDA_SUCCESS)
    return result;
  if (data == NULL || dataSize == 0 || dataSize > GF_REPLY_DATA_BYTES)
    return CUDA_ERROR_INVALID_VALUE;
  struct gf_cuMemRangeGetAttribute_args *args =
      gf_begin(lane, GF_OP_cuMemRangeGetAttribute, sizeof *args);
  args->address = devPtr;
  args->count = count;
  args->attribute = (int32_t)attribute;
  args->data_bytes = (uint32_t)dataSize;
  const void *value;
  result = gf_call(lane, &value, dataSize);
  if (result == CUDA_SUCCESS)
    memcpy(data, value, dataSize);
  return result;
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
