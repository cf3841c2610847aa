// Memory and events between guests of one tenant. The 64 bytes of a handle are the driver's, sealed by the executor:
// they mean something to the executors of this tenant alone.
#include <string.h>

#include "cuda/allocations.h"
#include "cuda/event.h"
#include "cuda/stub.h"

_Static_assert(sizeof(CUipcMemHandle) ==
                   sizeof(((struct gf_cuIpcOpenMemHandle_v2_args *)0)->handle),
               "the wire structure holds CUDA's handle");

CUresult CUDAAPI cuIpcGetMemHandle(CUipcMemHandle *pHandle, CUdeviceptr dptr) {
  struct gf_lane_client *lane;
  CUresult result = gf_enter(&lane);
  if (result != CUDA_SUCCESS)
    return result;
  if (pHandle == NULL)
    return CUDA_ERROR_INVALID_VALUE;
  struct gf_cuIpcGetMemHandle_args *args = gf_begin(lane, GF_OP_cuIpcGetMemHandle, sizeof *args);
  args->address = dptr;
  const void *data;
  result = gf_call(lane, &data, sizeof(struct gf_cuIpcGetMemHandle_reply));
  if (result != CUDA_SUCCESS)
    return result;
  memcpy(pHandle, ((const struct gf_cuIpcGetMemHandle_reply *)data)->handle, sizeof *pHandle);
  gf_allocations_are_shared();
  return CUDA_SUCCESS;
}

CUresult CUDAAPI cuIpcOpenMemHandle_v2(CUdeviceptr *pdptr, CUipcMemHandle handle,
                                       unsigned int Flags) {
  struct gf_lane_client *lane;
  CUresult result = gf_enter(&lane);
  if (result != CUDA_SUCCESS)
    return result;
  if (pdptr == NULL)
    return CUDA_ERROR_INVALID_VALUE;
  struct gf_cuIpcOpenMemHandle_v2_args *args =
      gf_begin(lane, GF_OP_cuIpcOpenMemHandle_v2, sizeof *args);
  memcpy(args->handle, &handle, sizeof handle);
  args->flags = Flags;
  args->pad = 0;
  const void *data;
  result = gf_call(lane, &data, sizeof(struct gf_cuIpcOpenMemHandle_v2_reply));
  if (result != CUDA_SUCCESS)
    return result;
  const struct gf_cuIpcOpenMemHandle_v2_reply *reply = data;
  *pdptr = reply->address;
  gf_allocations_add(reply->address, reply->size_bytes, GF_ALLOCATION_FOREIGN, gf_thread.context);
  return CUDA_SUCCESS;
}

CUresult CUDAAPI cuIpcCloseMemHandle(CUdeviceptr dptr) {
  struct gf_lane_client *lane;
  CUresult result = gf_enter(&lane);
  if (result != CUDA_SUCCESS)
    return result;
  struct gf_cuIpcCloseMemHandle_args *args =
      gf_begin(lane, GF_OP_cuIpcCloseMemHandle, sizeof *args);
  args->address = dptr;
  result = gf_call(lane, NULL, 0);
  struct gf_allocation allocation;
  // Opened twice it is still there: copies then ask the host about it.
  if (result == CUDA_SUCCESS && gf_allocations_find(dptr, &allocation) &&
      allocation.kind == GF_ALLOCATION_FOREIGN && allocation.base == dptr)
    gf_allocations_remove(dptr);
  return result;
}

CUresult CUDAAPI cuIpcGetEventHandle(CUipcEventHandle *pHandle, CUevent event) {
  struct gf_lane_client *lane;
  CUresult result = gf_enter(&lane);
  if (result != CUDA_SUCCESS)
    return result;
  if (pHandle == NULL)
    return CUDA_ERROR_INVALID_VALUE;
  struct gf_cuIpcGetEventHandle_args *args =
      gf_begin(lane, GF_OP_cuIpcGetEventHandle, sizeof *args);
  args->event = (uint64_t)event;
  const void *data;
  result = gf_call(lane, &data, sizeof(struct gf_cuIpcGetEventHandle_reply));
  if (result == CUDA_SUCCESS)
    memcpy(pHandle, ((const struct gf_cuIpcGetEventHandle_reply *)data)->handle, sizeof *pHandle);
  return result;
}

CUresult CUDAAPI cuIpcOpenEventHandle(CUevent *phEvent, CUipcEventHandle handle) {
  struct gf_lane_client *lane;
  CUresult result = gf_enter(&lane);
  if (result != CUDA_SUCCESS)
    return result;
  if (phEvent == NULL)
    return CUDA_ERROR_INVALID_VALUE;
  uint64_t event = gf_mint(GF_KIND_EVENT);
  if (event == 0)
    return CUDA_ERROR_OUT_OF_MEMORY;
  struct gf_cuIpcOpenEventHandle_args *args =
      gf_begin(lane, GF_OP_cuIpcOpenEventHandle, sizeof *args);
  args->event = event;
  memcpy(args->handle, &handle, sizeof handle);
  result = gf_call(lane, NULL, 0);
  if (result != CUDA_SUCCESS) {
    gf_drop(event);
    return result;
  }
  *phEvent = (CUevent)event;
  gf_event_is_shared(*phEvent);
  return CUDA_SUCCESS;
}
