// Launches: marshalled straight into the ring, and waited for only where the driver may refuse them.
#include "cuda/launch.h"

#include <string.h>

#include "cuda/init.h"
#include "cuda/occupancy.h"

_Static_assert(sizeof(struct gf_cuLaunchKernel_args) ==
                   sizeof(struct gf_cuLaunchCooperativeKernel_args),
               "both launches are written by one function");

/// Drivers load, compile and refuse code at its first launch: the program must hear of that at once.
static CUresult post_first(struct gf_lane_client *lane, struct gf_function *function) {
  const CUresult result = gf_post_awaited(lane);
  if (result == CUDA_SUCCESS)
    __atomic_store_n(&function->has_started, 1, __ATOMIC_RELAXED);
  return result;
}

static CUresult launch(uint16_t opcode, CUfunction f, const struct gf_launch_shape *shape,
                       CUstream stream, void **params, void **extra) {
  struct gf_lane_client *lane;
  CUresult result = gf_enter(&lane);
  if (__builtin_expect(result != CUDA_SUCCESS, 0))
    return result;
  struct gf_function *function = gf_function_of((uint64_t)f);
  if (__builtin_expect(function == NULL || !gf_live((uint64_t)stream, GF_KIND_STREAM), 0))
    return CUDA_ERROR_INVALID_HANDLE;
  const int is_certain =
      gf_launch_is_certain(function, shape) && gf_certain((uint64_t)stream, GF_KIND_STREAM) &&
      (opcode != GF_OP_cuLaunchCooperativeKernel || gf_launch_fits_cooperative((uint64_t)f, shape));
  const void *buffer;
  uint32_t param_bytes;
  result = gf_launch_params(function, params, extra, &buffer, &param_bytes);
  if (__builtin_expect(result != CUDA_SUCCESS, 0))
    return result;
  struct gf_cuLaunchKernel_args *args = gf_begin(lane, opcode, sizeof *args + param_bytes);
  args->function = (uint64_t)f;
  args->stream = (uint64_t)stream;
  memcpy(args->grid, shape->grid, sizeof args->grid);
  memcpy(args->block, shape->block, sizeof args->block);
  args->shared_bytes = shape->shared_bytes;
  args->param_bytes = param_bytes;
  gf_launch_pack((uint8_t *)(args + 1), function, params, buffer, param_bytes);
  return __builtin_expect(is_certain, 1) ? gf_post(lane) : post_first(lane, function);
}

CUresult CUDAAPI cuLaunchKernel(CUfunction f, unsigned int gridDimX, unsigned int gridDimY,
                                unsigned int gridDimZ, unsigned int blockDimX,
                                unsigned int blockDimY, unsigned int blockDimZ,
                                unsigned int sharedMemBytes, CUstream hStream, void **kernelParams,
                                void **extra) {
  const struct gf_launch_shape shape = {
      {gridDimX, gridDimY, gridDimZ}, {blockDimX, blockDimY, blockDimZ}, sharedMemBytes};
  return launch(GF_OP_cuLaunchKernel, f, &shape, hStream, kernelParams, extra);
}

CUresult CUDAAPI cuLaunchCooperativeKernel(CUfunction f, unsigned int gridDimX,
                                           unsigned int gridDimY, unsigned int gridDimZ,
                                           unsigned int blockDimX, unsigned int blockDimY,
                                           unsigned int blockDimZ, unsigned int sharedMemBytes,
                                           CUstream hStream, void **kernelParams) {
  const struct gf_launch_shape shape = {
      {gridDimX, gridDimY, gridDimZ}, {blockDimX, blockDimY, blockDimZ}, sharedMemBytes};
  return launch(GF_OP_cuLaunchCooperativeKernel, f, &shape, hStream, kernelParams, NULL);
}

CUresult CUDAAPI cuLaunchKernelEx(const CUlaunchConfig *config, CUfunction f, void **kernelParams,
                                  void **extra) {
  struct gf_lane_client *lane;
  CUresult result = gf_enter(&lane);
  if (result != CUDA_SUCCESS)
    return result;
  if (config == NULL || (config->numAttrs > 0 && config->attrs == NULL) || config->numAttrs > 64)
    return CUDA_ERROR_INVALID_VALUE;
  struct gf_function *function = gf_function_of((uint64_t)f);
  if (function == NULL || !gf_live((uint64_t)config->hStream, GF_KIND_STREAM))
    return CUDA_ERROR_INVALID_HANDLE;
  const struct gf_launch_shape shape = {{config->gridDimX, config->gridDimY, config->gridDimZ},
                                        {config->blockDimX, config->blockDimY, config->blockDimZ},
                                        config->sharedMemBytes};
  const void *buffer;
  uint32_t param_bytes;
  result = gf_launch_params(function, kernelParams, extra, &buffer, &param_bytes);
  if (result != CUDA_SUCCESS)
    return result;
  const uint64_t attribute_bytes = config->numAttrs * sizeof(CUlaunchAttribute);
  struct gf_cuLaunchKernelEx_args *args =
      gf_begin(lane, GF_OP_cuLaunchKernelEx, sizeof *args + attribute_bytes + param_bytes);
  args->function = (uint64_t)f;
  args->stream = (uint64_t)config->hStream;
  memcpy(args->grid, shape.grid, sizeof args->grid);
  memcpy(args->block, shape.block, sizeof args->block);
  args->shared_bytes = shape.shared_bytes;
  args->param_bytes = param_bytes;
  args->attribute_count = config->numAttrs;
  args->pad = 0;
  uint8_t *tail = (uint8_t *)(args + 1);
  memcpy(tail, config->attrs, attribute_bytes);
  gf_launch_pack(tail + attribute_bytes, function, kernelParams, buffer, param_bytes);
  // Attributes can be refused for reasons that only the driver knows (clusters, priorities): then
  // the program must hear of it now.
  return config->numAttrs == 0 && gf_launch_is_certain(function, &shape) &&
                 gf_certain((uint64_t)config->hStream, GF_KIND_STREAM)
             ? gf_post(lane)
             : post_first(lane, function);
}
