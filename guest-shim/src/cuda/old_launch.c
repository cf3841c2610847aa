// Launches as CUDA 3 has them: shape and parameters are set on the function, one by one, and kept.
#include <stdlib.h>
#include <string.h>

#include "cuda/function.h"
#include "cuda/stub.h"

enum { OLD_PARAMS_MAX_BYTES = 4096 };

struct gf_old_launch {
  unsigned block[3];
  unsigned shared_bytes, param_bytes;
  unsigned char params[OLD_PARAMS_MAX_BYTES];
};

static CUresult enter_old(CUfunction handle, struct gf_old_launch **old) {
  struct gf_lane_client *lane;
  CUresult result = gf_enter_current(&lane);
  if (result != CUDA_SUCCESS)
    return result;
  struct gf_function *function = gf_function_of((uint64_t)handle);
  if (function == NULL)
    return CUDA_ERROR_INVALID_HANDLE;
  if (function->old == NULL)
    function->old = calloc(1, sizeof *function->old);
  *old = function->old;
  return *old != NULL ? CUDA_SUCCESS : CUDA_ERROR_OUT_OF_MEMORY;
}

CUresult CUDAAPI cuFuncSetBlockShape(CUfunction hfunc, int x, int y, int z) {
  struct gf_old_launch *old;
  CUresult result = enter_old(hfunc, &old);
  if (result != CUDA_SUCCESS)
    return result;
  if (x <= 0 || y <= 0 || z <= 0)
    return CUDA_ERROR_INVALID_VALUE;
  old->block[0] = (unsigned)x;
  old->block[1] = (unsigned)y;
  old->block[2] = (unsigned)z;
  return CUDA_SUCCESS;
}

CUresult CUDAAPI cuFuncSetSharedSize(CUfunction hfunc, unsigned int bytes) {
  struct gf_old_launch *old;
  CUresult result = enter_old(hfunc, &old);
  if (result == CUDA_SUCCESS)
    old->shared_bytes = bytes;
  return result;
}

CUresult CUDAAPI cuParamSetSize(CUfunction hfunc, unsigned int numbytes) {
  struct gf_old_launch *old;
  CUresult result = enter_old(hfunc, &old);
  if (result != CUDA_SUCCESS)
    return result;
  if (numbytes > OLD_PARAMS_MAX_BYTES)
    return CUDA_ERROR_INVALID_VALUE;
  old->param_bytes = numbytes;
  return CUDA_SUCCESS;
}

static CUresult put(CUfunction function, int offset, const void *bytes, unsigned count) {
  struct gf_old_launch *old;
  CUresult result = enter_old(function, &old);
  if (result != CUDA_SUCCESS)
    return result;
  if (offset < 0 || offset > OLD_PARAMS_MAX_BYTES ||
      count > (unsigned)(OLD_PARAMS_MAX_BYTES - offset))
    return CUDA_ERROR_INVALID_VALUE;
  memcpy(old->params + offset, bytes, count);
  if (old->param_bytes < (unsigned)offset + count)
    old->param_bytes = (unsigned)offset + count;
  return CUDA_SUCCESS;
}

CUresult CUDAAPI cuParamSeti(CUfunction hfunc, int offset, unsigned int value) {
  return put(hfunc, offset, &value, sizeof value);
}
CUresult CUDAAPI cuParamSetf(CUfunction hfunc, int offset, float value) {
  return put(hfunc, offset, &value, sizeof value);
}
CUresult CUDAAPI cuParamSetv(CUfunction hfunc, int offset, void *ptr, unsigned int numbytes) {
  struct gf_old_launch *old;
  CUresult result = enter_old(hfunc, &old);
  if (result != CUDA_SUCCESS)
    return result;
  return ptr != NULL ? put(hfunc, offset, ptr, numbytes) : CUDA_ERROR_INVALID_VALUE;
}

CUresult CUDAAPI cuLaunchGridAsync(CUfunction f, int grid_width, int grid_height,
                                   CUstream hStream) {
  struct gf_old_launch *old;
  CUresult result = enter_old(f, &old);
  if (result != CUDA_SUCCESS)
    return result;
  if (grid_width <= 0 || grid_height <= 0)
    return CUDA_ERROR_INVALID_VALUE;
  size_t bytes = old->param_bytes;
  void *extra[] = {CU_LAUNCH_PARAM_BUFFER_POINTER, old->params, CU_LAUNCH_PARAM_BUFFER_SIZE, &bytes,
                   CU_LAUNCH_PARAM_END};
  return cuLaunchKernel(f, (unsigned)grid_width, (unsigned)grid_height, 1, old->block[0],
                        old->block[1], old->block[2], old->shared_bytes, hStream, NULL, extra);
}

CUresult CUDAAPI cuLaunchGrid(CUfunction f, int grid_width, int grid_height) {
  return cuLaunchGridAsync(f, grid_width, grid_height, NULL);
}
CUresult CUDAAPI cuLaunch(CUfunction f) { return cuLaunchGrid(f, 1, 1); }
