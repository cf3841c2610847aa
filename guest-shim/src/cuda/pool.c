// Attributes of memory pools, whose values are of two widths.
#include <string.h>

#include "cuda/stub.h"

static int is_flag(CUmemPool_attribute attribute) {
  return attribute == CU_MEMPOOL_ATTR_REUSE_FOLLOW_EVENT_DEPENDENCIES ||
         attribute == CU_MEMPOOL_ATTR_REUSE_ALLOW_OPPORTUNISTIC ||
         attribute == CU_MEMPOOL_ATTR_REUSE_ALLOW_INTERNAL_DEPENDENCIES;
}

CUresult CUDAAPI cuMemPoolSetAttribute(CUmemoryPool pool, CUmemPool_attribute attr, void *value) {
  struct gf_lane_client *lane;
  CUresult result = gf_enter(&lane);
  if (result != CUDA_SUCCESS)
    return result;
  if (value == NULL)
    return CUDA_ERROR_INVALID_VALUE;
  struct gf_cuMemPoolSetAttribute_args *args =
      gf_begin(lane, GF_OP_cuMemPoolSetAttribute, sizeof *args);
  args->pool = (uint64_t)pool;
  args->value = is_flag(attr) ? (uint64_t)*(const int *)value : *(const cuuint64_t *)value;
  args->attribute = (int32_t)attr;
  args->pad = 0;
  return gf_call(lane, NULL, 0);
}

CUresult CUDAAPI cuMemPoolGetAttribute(CUmemoryPool pool, CUmemPool_attribute attr, void *value) {
  struct gf_lane_client *lane;
  CUresult result = gf_enter(&lane);
  if (result != CUDA_SUCCESS)
    return result;
  if (value == NULL)
    return CUDA_ERROR_INVALID_VALUE;
  struct gf_cuMemPoolGetAttribute_args *args =
      gf_begin(lane, GF_OP_cuMemPoolGetAttribute, sizeof *args);
  args->pool = (uint64_t)pool;
  args->attribute = (int32_t)attr;
  args->pad = 0;
  const void *data;
  result = gf_call(lane, &data, sizeof(struct gf_cuMemPoolGetAttribute_reply));
  if (result != CUDA_SUCCESS)
    return result;
  const uint64_t answer = ((const struct gf_cuMemPoolGetAttribute_reply *)data)->value;
  if (is_flag(attr))
    *(int *)value = (int)answer;
  else
    *(cuuint64_t *)value = answer;
  return CUDA_SUCCESS;
}
