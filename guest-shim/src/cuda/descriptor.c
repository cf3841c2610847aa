#include "cuda/descriptor.h"

#include "session/courier.h"

CUresult gf_call_for_descriptor(struct gf_lane_client *lane, uint64_t number, void *handle_out) {
  const CUresult result = gf_call(lane, NULL, 0);
  if (result != CUDA_SUCCESS)
    return result;
  const int fd = gf_courier_take_fd(number);
  if (fd < 0)
    return CUDA_ERROR_OPERATING_SYSTEM;
  *(int *)handle_out = fd;
  return CUDA_SUCCESS;
}

CUresult gf_send_descriptor(uint64_t number, void *handle, CUmemAllocationHandleType type) {
  // The pointer is the number of the descriptor. What cannot be sent is none.
  return type == CU_MEM_HANDLE_TYPE_POSIX_FILE_DESCRIPTOR &&
                 gf_courier_send_fd(number, (int)(intptr_t)handle) != 0
             ? CUDA_ERROR_INVALID_VALUE
             : CUDA_SUCCESS;
}
