#include "cuda/primary.h"

#include <pthread.h>

#include "cuda/context.h"
#include "cuda/init.h"

enum { GF_DEVICES_MAX = 1024 };

static pthread_mutex_t g_mutex = PTHREAD_MUTEX_INITIALIZER;
static struct {
  uint64_t context;
  uint32_t retains;
} g_primary[GF_DEVICES_MAX];

CUcontext gf_primary_handle(CUdevice device) {
  if (gf_device(device) == NULL)
    return NULL;
  pthread_mutex_lock(&g_mutex);
  if (g_primary[device].context == 0)
    g_primary[device].context = gf_context_new(device, 1);
  uint64_t handle = g_primary[device].context;
  pthread_mutex_unlock(&g_mutex);
  return (CUcontext)handle;
}

static CUresult send_retain(struct gf_lane_client *lane, CUdevice device, uint64_t context) {
  struct gf_cuDevicePrimaryCtxRetain_args *args =
      gf_begin(lane, GF_OP_cuDevicePrimaryCtxRetain, sizeof *args);
  args->context = context;
  args->dev = device;
  CUresult result = gf_call(lane, NULL, 0);
  struct gf_context *record = gf_context_of((CUcontext)context);
  if (result != CUDA_SUCCESS || record->is_up)
    return result;
  record->is_up = record->was_up = 1;
  __atomic_fetch_add(&gf_contexts_gone, 1, __ATOMIC_RELAXED);
  return CUDA_SUCCESS;
}

/// The context's objects are gone, and so is the context until it is retained again.
static void take_down(CUdevice device) {
  struct gf_context *context = gf_context_of(gf_primary_handle(device));
  if (context == NULL)
    return;
  context->is_up = 0;
  gf_context_emptied(context);
  gf_context_ended();
  __atomic_fetch_add(&gf_contexts_gone, 1, __ATOMIC_RELAXED);
}

CUresult CUDAAPI cuDevicePrimaryCtxRetain(CUcontext *pctx, CUdevice dev) {
  struct gf_lane_client *lane;
  CUresult result = gf_enter(&lane);
  if (result != CUDA_SUCCESS)
    return result;
  if (pctx == NULL)
    return CUDA_ERROR_INVALID_VALUE;
  if (gf_device(dev) == NULL)
    return CUDA_ERROR_INVALID_DEVICE;
  CUcontext context = gf_primary_handle(dev);
  if (context == NULL)
    return CUDA_ERROR_OUT_OF_MEMORY;
  result = send_retain(lane, dev, (uint64_t)context);
  if (result != CUDA_SUCCESS)
    return result;
  __atomic_add_fetch(&g_primary[dev].retains, 1, __ATOMIC_RELAXED);
  *pctx = context;
  return CUDA_SUCCESS;
}

CUresult CUDAAPI cuDevicePrimaryCtxRelease_v2(CUdevice dev) {
  struct gf_lane_client *lane;
  CUresult result = gf_enter(&lane);
  if (result != CUDA_SUCCESS)
    return result;
  if (gf_device(dev) == NULL)
    return CUDA_ERROR_INVALID_DEVICE;
  struct gf_cuDevicePrimaryCtxRelease_v2_args *args =
      gf_begin(lane, GF_OP_cuDevicePrimaryCtxRelease_v2, sizeof *args);
  args->dev = dev;
  result = gf_call(lane, NULL, 0);
  if (result == CUDA_SUCCESS && g_primary[dev].retains > 0 &&
      __atomic_sub_fetch(&g_primary[dev].retains, 1, __ATOMIC_RELAXED) == 0)
    take_down(dev);
  return result;
}

CUresult CUDAAPI cuDevicePrimaryCtxReset_v2(CUdevice dev) {
  struct gf_lane_client *lane;
  CUresult result = gf_enter(&lane);
  if (result != CUDA_SUCCESS)
    return result;
  if (gf_device(dev) == NULL)
    return CUDA_ERROR_INVALID_DEVICE;
  struct gf_cuDevicePrimaryCtxReset_v2_args *args =
      gf_begin(lane, GF_OP_cuDevicePrimaryCtxReset_v2, sizeof *args);
  args->dev = dev;
  result = gf_call(lane, NULL, 0);
  if (result == CUDA_SUCCESS)
    take_down(dev);
  return result;
}
