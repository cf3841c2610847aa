// Pools between guests of one tenant: the pool by a descriptor, which goes over the courier's socket, and what was allocated
// from it by 64 bytes, which are the driver's, sealed by the executor.
#include <string.h>

#include "cuda/allocations.h"
#include "cuda/descriptor.h"
#include "session/courier.h"

CUresult CUDAAPI cuMemPoolExportToShareableHandle(void *handle_out, CUmemoryPool pool,
                                                  CUmemAllocationHandleType handleType,
                                                  unsigned long long flags) {
  struct gf_lane_client *lane;
  CUresult result = gf_enter(&lane);
  if (result != CUDA_SUCCESS)
    return result;
  if (handle_out == NULL)
    return CUDA_ERROR_INVALID_VALUE;
  struct gf_cuMemPoolExportToShareableHandle_args *args =
      gf_begin(lane, GF_OP_cuMemPoolExportToShareableHandle, sizeof *args);
  const uint64_t number = gf_courier_fd_number();
  args->pool = (uint64_t)pool;
  args->flags = flags;
  args->number = number;
  args->type = (uint32_t)handleType;
  args->pad = 0;
  return gf_call_for_descriptor(lane, number, handle_out);
}

CUresult CUDAAPI cuMemPoolImportFromShareableHandle(CUmemoryPool *pool_out, void *handle,
                                                    CUmemAllocationHandleType handleType,
                                                    unsigned long long flags) {
  struct gf_lane_client *lane;
  CUresult result = gf_enter(&lane);
  if (result != CUDA_SUCCESS)
    return result;
  if (pool_out == NULL)
    return CUDA_ERROR_INVALID_VALUE;
  const uint64_t pool = gf_mint(GF_KIND_MEMORY_POOL);
  if (pool == 0)
    return CUDA_ERROR_OUT_OF_MEMORY;
  const uint64_t number = gf_courier_fd_number();
  result = gf_send_descriptor(number, handle, handleType);
  if (result != CUDA_SUCCESS) {
    gf_drop(pool);
    return result;
  }
  struct gf_cuMemPoolImportFromShareableHandle_args *args =
      gf_begin(lane, GF_OP_cuMemPoolImportFromShareableHandle, sizeof *args);
  args->pool = pool;
  args->flags = flags;
  args->number = number;
  args->type = (uint32_t)handleType;
  args->pad = 0;
  result = gf_call(lane, NULL, 0);
  if (result != CUDA_SUCCESS) {
    gf_drop(pool);
    return result;
  }
  *pool_out = (CUmemoryPool)pool;
  return CUDA_SUCCESS;
}

CUresult CUDAAPI cuMemPoolExportPointer(CUmemPoolPtrExportData *shareData_out, CUdeviceptr ptr) {
  struct gf_lane_client *lane;
  CUresult result = gf_enter(&lane);
  if (result != CUDA_SUCCESS)
    return result;
  if (shareData_out == NULL)
    return CUDA_ERROR_INVALID_VALUE;
  struct gf_cuMemPoolExportPointer_args *args =
      gf_begin(lane, GF_OP_cuMemPoolExportPointer, sizeof *args);
  args->address = ptr;
  const void *data;
  result = gf_call(lane, &data, sizeof(struct gf_cuMemPoolExportPointer_reply));
  if (result != CUDA_SUCCESS)
    return result;
  memcpy(shareData_out, ((const struct gf_cuMemPoolExportPointer_reply *)data)->data,
         sizeof *shareData_out);
  gf_allocations_are_shared();
  return CUDA_SUCCESS;
}

CUresult CUDAAPI cuMemPoolImportPointer(CUdeviceptr *ptr_out, CUmemoryPool pool,
                                        CUmemPoolPtrExportData *shareData) {
  struct gf_lane_client *lane;
  CUresult result = gf_enter(&lane);
  if (result != CUDA_SUCCESS)
    return result;
  if (ptr_out == NULL || shareData == NULL)
    return CUDA_ERROR_INVALID_VALUE;
  struct gf_cuMemPoolImportPointer_args *args =
      gf_begin(lane, GF_OP_cuMemPoolImportPointer, sizeof *args);
  args->pool = (uint64_t)pool;
  memcpy(args->data, shareData, sizeof args->data);
  const void *data;
  result = gf_call(lane, &data, sizeof(struct gf_cuMemPoolImportPointer_reply));
  if (result != CUDA_SUCCESS)
    return result;
  const struct gf_cuMemPoolImportPointer_reply *reply = data;
  *ptr_out = reply->address;
  gf_allocations_add(reply->address, reply->size_bytes, GF_ALLOCATION_FOREIGN, gf_thread.context);
  return CUDA_SUCCESS;
}
