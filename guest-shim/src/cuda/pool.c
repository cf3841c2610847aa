// Memory pools: which one a device takes from, and attributes, whose values are of two widths.
#include "cuda/pool.h"

#include <string.h>

#include "cuda/context.h"
#include "cuda/init.h"

enum { GF_DEVICES_MAX = 1024 };
static uint64_t g_in_use[GF_DEVICES_MAX]; // by device; 0: the first

uint64_t gf_pool_in_use(void) {
  const struct gf_context *context = gf_context_current();
  return context != NULL ? gf_load_relaxed(&g_in_use[context->device]) : 0;
}

CUmemoryPool gf_pool_first(CUdevice device) {
  CUmemoryPool pool = NULL;
  return cuDeviceGetDefaultMemPool(&pool, device) == CUDA_SUCCESS ? pool : NULL;
}

void gf_observe_cuDeviceSetMemPool(CUdevice dev, CUmemoryPool pool) {
  if (gf_device(dev) != NULL)
    gf_store_relaxed(&g_in_use[dev], (uint64_t)pool);
}

void gf_observe_cuMemSetMemPool(CUmemLocation *location, CUmemAllocationType type,
                                CUmemoryPool pool) {
  (void)type;
  if (location->type == CU_MEM_LOCATION_TYPE_DEVICE)
    gf_observe_cuDeviceSetMemPool(location->id, pool);
}

void gf_observe_cuMemPoolDestroy(CUmemoryPool pool) {
  for (int i = 0; i < gf_device_count(); i++)
    if (gf_load_relaxed(&g_in_use[i]) == (uint64_t)pool)
      gf_store_relaxed(&g_in_use[i], 0);
}

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
