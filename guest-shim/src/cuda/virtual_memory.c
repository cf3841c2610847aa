// Virtual memory management: what the guest has to know of it.
#include "cuda/allocations.h"
#include "cuda/stub.h"

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
