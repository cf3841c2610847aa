// Host functions in streams: they run here, in the guest, on the courier's thread.
#include "cuda/callback.h"
#include "cuda/capture.h"

static void run_host_function(struct gf_callback *self, int32_t status) {
  (void)status;
  ((CUhostFn)self->function)(self->user_data);
}

static void run_stream_callback(struct gf_callback *self, int32_t status) {
  ((CUstreamCallback)self->function)(self->stream, (CUresult)status, self->user_data);
}

uint64_t gf_callback_for_host_function(CUhostFn fn, void *user_data, int keep) {
  const struct gf_callback callback = {.run = run_host_function,
                                       .function = (void (*)(void))fn,
                                       .user_data = user_data,
                                       .keep = keep};
  return gf_courier_register(&callback);
}

CUresult CUDAAPI cuLaunchHostFunc(CUstream hStream, CUhostFn fn, void *userData) {
  struct gf_lane_client *lane;
  CUresult result = gf_enter_current(&lane);
  if (result != CUDA_SUCCESS)
    return result;
  if (!gf_live((uint64_t)hStream, GF_KIND_STREAM))
    return CUDA_ERROR_INVALID_HANDLE;
  if (fn == NULL)
    return CUDA_ERROR_INVALID_VALUE;
  // During capture the function becomes a node that may run any number of times.
  uint64_t id = gf_callback_for_host_function(fn, userData, gf_stream_is_capturing(hStream));
  if (id == 0)
    return CUDA_ERROR_OUT_OF_MEMORY;
  struct gf_cuLaunchHostFunc_args *args = gf_begin(lane, GF_OP_cuLaunchHostFunc, sizeof *args);
  args->stream = (uint64_t)hStream;
  args->callback_id = id;
  return gf_post(lane);
}

CUresult CUDAAPI cuStreamAddCallback(CUstream hStream, CUstreamCallback callback, void *userData,
                                     unsigned int flags) {
  struct gf_lane_client *lane;
  CUresult result = gf_enter_current(&lane);
  if (result != CUDA_SUCCESS)
    return result;
  if (!gf_live((uint64_t)hStream, GF_KIND_STREAM))
    return CUDA_ERROR_INVALID_HANDLE;
  if (callback == NULL || flags != 0)
    return CUDA_ERROR_INVALID_VALUE;
  const struct gf_callback entry = {.run = run_stream_callback,
                                    .function = (void (*)(void))callback,
                                    .user_data = userData,
                                    .stream = hStream};
  uint64_t id = gf_courier_register(&entry);
  if (id == 0)
    return CUDA_ERROR_OUT_OF_MEMORY;
  struct gf_cuStreamAddCallback_args *args =
      gf_begin(lane, GF_OP_cuStreamAddCallback, sizeof *args);
  args->stream = (uint64_t)hStream;
  args->callback_id = id;
  return gf_post(lane);
}
