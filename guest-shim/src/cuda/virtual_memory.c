// Virtual memory management: what the guest has to know of it.
#include "cuda/allocations.h"
#include "cuda/descriptor.h"
#include "session/courier.h"

// Reserved addresses are a device's, also while nothing is mapped to them: copies must not take them
// for the guest's own memory.
void gf_observe_cuMemAddressReserve(CUdeviceptr *ptr, size_t size, size_t alignment,
                                    CUdeviceptr addr, unsigned long long flags) {
  (void)alignment;
  (void)addr;
  (void)flags;
  gf_allocations_add(*ptr, size, GF_ALLOCATION_RESERVED, 0);
}

void gf_observe_cuMemAddressFree(CUdeviceptr ptr, size_t size) {
  (void)size;
  gf_allocations_remove(ptr);
}

CUresult CUDAAPI cuMemExportToShareableHandle(void *shareableHandle,
                                              CUmemGenericAllocationHandle handle,
                                              CUmemAllocationHandleType handleType,
                                              unsigned long long flags) {
  struct gf_lane_client *lane;
  CUresult result = gf_enter(&lane);
  if (result != CUDA_SUCCESS)
    return result;
  if (!gf_owned(handle, GF_KIND_ALLOCATION) || shareableHandle == NULL)
    return CUDA_ERROR_INVALID_VALUE;
  struct gf_cuMemExportToShareableHandle_args *args =
      gf_begin(lane, GF_OP_cuMemExportToShareableHandle, sizeof *args);
  const uint64_t number = gf_courier_fd_number();
  args->memory = handle;
  args->flags = flags;
  args->number = number;
  args->type = (uint32_t)handleType;
  args->pad = 0;
  return gf_call_for_descriptor(lane, number, shareableHandle);
}

CUresult CUDAAPI cuMemImportFromShareableHandle(CUmemGenericAllocationHandle *handle,
                                                void *osHandle,
                                                CUmemAllocationHandleType shHandleType) {
  struct gf_lane_client *lane;
  CUresult result = gf_enter(&lane);
  if (result != CUDA_SUCCESS)
    return result;
  if (handle == NULL)
    return CUDA_ERROR_INVALID_VALUE;
  uint64_t minted = gf_mint(GF_KIND_ALLOCATION);
  if (minted == 0)
    return CUDA_ERROR_OUT_OF_MEMORY;
  const uint64_t number = gf_courier_fd_number();
  result = gf_send_descriptor(number, osHandle, shHandleType);
  if (result != CUDA_SUCCESS) {
    gf_drop(minted);
    return result;
  }
  struct gf_cuMemImportFromShareableHandle_args *args =
      gf_begin(lane, GF_OP_cuMemImportFromShareableHandle, sizeof *args);
  args->memory = minted;
  args->number = number;
  args->type = (uint32_t)shHandleType;
  args->pad = 0;
  result = gf_call(lane, NULL, 0);
  if (result != CUDA_SUCCESS) {
    gf_drop(minted);
    return result;
  }
  *handle = minted;
  return CUDA_SUCCESS;
}

// cuMemRetainAllocationHandle gives the same handle again, so that only the host knows when it ends.
CUresult CUDAAPI cuMemRelease(CUmemGenericAllocationHandle handle) {
  struct gf_lane_client *lane;
  CUresult result = gf_enter(&lane);
  if (result != CUDA_SUCCESS)
    return result;
  struct gf_cuMemRelease_args *args = gf_begin(lane, GF_OP_cuMemRelease, sizeof *args);
  args->memory = handle;
  const void *data;
  result = gf_call(lane, &data, sizeof(struct gf_cuMemRelease_reply));
  if (result == CUDA_SUCCESS && ((const struct gf_cuMemRelease_reply *)data)->is_last)
    gf_drop(handle);
  return result;
}
