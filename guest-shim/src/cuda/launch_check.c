#include "cuda/context.h"
#include "cuda/init.h"
#include "cuda/launch.h"

int gf_launch_is_certain(const struct gf_function *function, const struct gf_launch_shape *shape) {
  const struct gf_context *context = gf_context_current();
  if (context == NULL || (function->context != 0 && function->context != context->handle))
    return 0;
  if (__atomic_load_n(&function->has_started, __ATOMIC_RELAXED) == 0)
    return 0;
  const int *device = gf_device(context->device)->attributes;
  const uint32_t *grid = shape->grid, *block = shape->block;
  for (int i = 0; i < 3; i++) {
    // The attributes of the three dimensions follow each other in the enumeration.
    if (grid[i] == 0 || grid[i] > (uint32_t)device[CU_DEVICE_ATTRIBUTE_MAX_GRID_DIM_X + i] ||
        block[i] == 0 || block[i] > (uint32_t)device[CU_DEVICE_ATTRIBUTE_MAX_BLOCK_DIM_X + i])
      return 0;
  }
  const uint64_t threads = (uint64_t)block[0] * block[1] * block[2];
  if (threads > (uint64_t)device[CU_DEVICE_ATTRIBUTE_MAX_THREADS_PER_BLOCK])
    return 0;
  // A kernel compiled for fewer threads than the device has room for.
  const int32_t most = function->attributes[CU_FUNC_ATTRIBUTE_MAX_THREADS_PER_BLOCK];
  if (most > 0 && threads > (uint64_t)most)
    return 0;
  // Clusters that the kernel asks for, and that the grid has to divide into.
  const int32_t *cluster = &function->attributes[CU_FUNC_ATTRIBUTE_REQUIRED_CLUSTER_WIDTH];
  if (function->attributes[CU_FUNC_ATTRIBUTE_CLUSTER_SIZE_MUST_BE_SET] > 0 && cluster[0] <= 0)
    return 0;
  for (int i = 0; i < 3; i++)
    if (cluster[i] > 0 && grid[i] % (uint32_t)cluster[i] != 0)
      return 0;
  const int32_t dynamic = function->attributes[CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES];
  return dynamic < 0 || shape->shared_bytes <= (uint32_t)dynamic;
}

CUresult gf_launch_params(const struct gf_function *function, void **params, void **extra,
                          const void **buffer, uint32_t *bytes) {
  *buffer = NULL;
  *bytes = function->param_bytes;
  if (params != NULL && extra != NULL)
    return CUDA_ERROR_INVALID_VALUE;
  if (extra != NULL) {
    const size_t *size = NULL;
    for (int i = 0; extra[i] != CU_LAUNCH_PARAM_END; i += 2) {
      if (extra[i] == CU_LAUNCH_PARAM_BUFFER_POINTER)
        *buffer = extra[i + 1];
      else if (extra[i] == CU_LAUNCH_PARAM_BUFFER_SIZE)
        size = extra[i + 1];
      else
        return CUDA_ERROR_INVALID_VALUE;
    }
    if (*buffer == NULL || size == NULL || *size > GF_TAIL_MAX_BYTES)
      return CUDA_ERROR_INVALID_VALUE;
    *bytes = (uint32_t)*size;
    return CUDA_SUCCESS;
  }
  return params == NULL && function->param_count > 0 ? CUDA_ERROR_INVALID_VALUE : CUDA_SUCCESS;
}
