// Contexts: the stack of each thread is kept here; the executor hears of a change with the next call
// that needs it (gf_enter).
#include "cuda/context.h"

#include <stdlib.h>

#include "cuda/allocations.h"
#include "cuda/init.h"
#include "cuda/primary.h"
#include "cuda/progress.h"

struct gf_context *gf_context_of(CUcontext context) {
  struct gf_slot *slot = gf_slot((uint64_t)context, GF_KIND_CONTEXT);
  return slot != NULL ? slot->meta : NULL;
}

struct gf_context *gf_context_current(void) { return gf_context_of((CUcontext)gf_thread.context); }

uint64_t gf_context_new(CUdevice device, int is_primary) {
  static int contexts;
  struct gf_context *context = calloc(1, sizeof *context);
  uint64_t handle = context != NULL ? gf_mint(GF_KIND_CONTEXT) : 0;
  if (handle == 0) {
    free(context);
    return 0;
  }
  context->handle = handle;
  context->device = device;
  context->is_primary = is_primary;
  context->is_up = !is_primary;
  gf_slot(handle, GF_KIND_CONTEXT)->meta = context;
  if (__atomic_add_fetch(&contexts, 1, __ATOMIC_RELAXED) > 1)
    gf_progress_second_context();
  return handle;
}

void gf_context_drop(uint64_t handle) {
  struct gf_context *context = gf_context_of((CUcontext)handle);
  gf_drop(handle);
  free(context);
}

void gf_context_emptied(struct gf_context *context) {
  gf_storage_clear(&context->storage, (CUcontext)context->handle);
  gf_allocations_forget(context->handle);
  gf_handles_orphan(GF_KIND_STREAM, context->handle);
  gf_handles_orphan(GF_KIND_EVENT, context->handle);
}

int gf_context_push(uint64_t handle) {
  if (gf_thread.stack == NULL)
    gf_thread.stack = calloc(GF_CONTEXT_STACK_MAX, sizeof *gf_thread.stack);
  if (gf_thread.stack == NULL || gf_thread.depth == GF_CONTEXT_STACK_MAX)
    return -1;
  gf_thread.stack[gf_thread.depth++] = handle;
  gf_thread.context = handle;
  return 0;
}

static void pop(void) {
  gf_thread.depth--;
  gf_thread.context = gf_thread.depth > 0 ? gf_thread.stack[gf_thread.depth - 1] : 0;
}

void gf_context_destroyed(uint64_t handle) {
  if (gf_thread.context == handle)
    pop();
  struct gf_context *context = gf_context_of((CUcontext)handle);
  if (context == NULL)
    return;
  gf_context_emptied(context);
  gf_context_drop(handle);
  gf_context_ended();
  __atomic_fetch_add(&gf_contexts_gone, 1, __ATOMIC_RELAXED);
}

CUresult CUDAAPI cuCtxGetCurrent(CUcontext *pctx) {
  if (!gf_initialised())
    return CUDA_ERROR_NOT_INITIALIZED;
  if (pctx == NULL)
    return CUDA_ERROR_INVALID_VALUE;
  *pctx = (CUcontext)gf_thread.context;
  return CUDA_SUCCESS;
}

CUresult CUDAAPI cuCtxSetCurrent(CUcontext ctx) {
  if (!gf_initialised())
    return CUDA_ERROR_NOT_INITIALIZED;
  if (ctx == NULL) {
    if (gf_thread.depth > 0)
      pop();
    return CUDA_SUCCESS;
  }
  if (gf_context_of(ctx) == NULL)
    return CUDA_ERROR_INVALID_CONTEXT;
  if (gf_thread.depth == 0)
    return gf_context_push((uint64_t)ctx) == 0 ? CUDA_SUCCESS : CUDA_ERROR_OUT_OF_MEMORY;
  gf_thread.stack[gf_thread.depth - 1] = (uint64_t)ctx;
  gf_thread.context = (uint64_t)ctx;
  return CUDA_SUCCESS;
}

CUresult CUDAAPI cuCtxPushCurrent_v2(CUcontext ctx) {
  if (!gf_initialised())
    return CUDA_ERROR_NOT_INITIALIZED;
  if (gf_context_of(ctx) == NULL)
    return CUDA_ERROR_INVALID_CONTEXT;
  return gf_context_push((uint64_t)ctx) == 0 ? CUDA_SUCCESS : CUDA_ERROR_OUT_OF_MEMORY;
}

CUresult CUDAAPI cuCtxPopCurrent_v2(CUcontext *pctx) {
  if (!gf_initialised())
    return CUDA_ERROR_NOT_INITIALIZED;
  if (gf_thread.depth == 0)
    return CUDA_ERROR_INVALID_CONTEXT;
  if (pctx != NULL)
    *pctx = (CUcontext)gf_thread.context;
  pop();
  return CUDA_SUCCESS;
}

CUresult CUDAAPI cuCtxGetDevice_v2(CUdevice *device, CUcontext ctx) {
  if (!gf_initialised())
    return CUDA_ERROR_NOT_INITIALIZED;
  if (device == NULL)
    return CUDA_ERROR_INVALID_VALUE;
  const struct gf_context *context = ctx != NULL ? gf_context_of(ctx) : gf_context_current();
  if (context == NULL)
    return ctx == NULL && gf_thread.context != 0 ? CUDA_ERROR_CONTEXT_IS_DESTROYED
                                                 : CUDA_ERROR_INVALID_CONTEXT;
  const CUresult broken =
      ctx == NULL && gf_thread.lane != NULL ? gf_broken(gf_thread.lane->region) : CUDA_SUCCESS;
  if (broken != CUDA_SUCCESS)
    return broken;
  *device = context->device;
  return CUDA_SUCCESS;
}

CUresult CUDAAPI cuCtxGetDevice(CUdevice *device) { return cuCtxGetDevice_v2(device, NULL); }

CUresult CUDAAPI cuCtxCreate_v4(CUcontext *pctx, CUctxCreateParams *ctxCreateParams,
                                unsigned int flags, CUdevice dev) {
  struct gf_lane_client *lane;
  CUresult result = gf_enter(&lane);
  if (result != CUDA_SUCCESS)
    return result;
  if (pctx == NULL)
    return CUDA_ERROR_INVALID_VALUE;
  if (gf_device(dev) == NULL)
    return CUDA_ERROR_INVALID_DEVICE;
  if (ctxCreateParams != NULL &&
      (ctxCreateParams->numExecAffinityParams < 0 ||
       (ctxCreateParams->numExecAffinityParams > 0 && ctxCreateParams->execAffinityParams == NULL)))
    return CUDA_ERROR_INVALID_VALUE;
  uint64_t handle = gf_context_new(dev, 0);
  if (handle == 0)
    return CUDA_ERROR_OUT_OF_MEMORY;
  struct gf_cuCtxCreate_v4_args *args = gf_begin(lane, GF_OP_cuCtxCreate_v4, sizeof *args);
  args->context = handle;
  args->flags = flags;
  args->dev = dev;
  int count = ctxCreateParams != NULL ? ctxCreateParams->numExecAffinityParams : 0;
  const int room = (int)(sizeof args->affinity / sizeof(uint32_t) / 2);
  args->affinity_count = count < room ? count : room;
  for (int i = 0; i < args->affinity_count; i++) {
    args->affinity[2 * i] = (uint32_t)ctxCreateParams->execAffinityParams[i].type;
    args->affinity[2 * i + 1] = ctxCreateParams->execAffinityParams[i].param.smCount.val;
  }
  result = gf_call(lane, NULL, 0);
  if (result == CUDA_SUCCESS && gf_context_push(handle) != 0)
    result = CUDA_ERROR_OUT_OF_MEMORY;
  if (result != CUDA_SUCCESS) {
    gf_context_drop(handle);
    return result;
  }
  *pctx = (CUcontext)handle;
  return CUDA_SUCCESS;
}

CUresult CUDAAPI cuCtxCreate_v3(CUcontext *pctx, CUexecAffinityParam *paramsArray, int numParams,
                                unsigned int flags, CUdevice dev) {
  CUctxCreateParams params = {.execAffinityParams = paramsArray,
                              .numExecAffinityParams = numParams};
  return cuCtxCreate_v4(pctx, numParams != 0 ? &params : NULL, flags, dev);
}

CUresult CUDAAPI cuCtxCreate_v2(CUcontext *pctx, unsigned int flags, CUdevice dev) {
  return cuCtxCreate_v4(pctx, NULL, flags, dev);
}

CUresult CUDAAPI cuCtxDestroy_v2(CUcontext ctx) {
  struct gf_lane_client *lane;
  CUresult result = gf_enter(&lane);
  if (result != CUDA_SUCCESS)
    return result;
  struct gf_context *context = gf_context_of(ctx);
  if (context == NULL || context->is_primary)
    return CUDA_ERROR_INVALID_CONTEXT;
  struct gf_cuCtxDestroy_v2_args *args = gf_begin(lane, GF_OP_cuCtxDestroy_v2, sizeof *args);
  args->context = (uint64_t)ctx;
  result = gf_call(lane, NULL, 0);
  if (result != CUDA_SUCCESS)
    return result;
  gf_context_destroyed((uint64_t)ctx);
  return CUDA_SUCCESS;
}

// What CUDA had before 4.0: who attaches is one user more.
CUresult CUDAAPI cuCtxAttach(CUcontext *pctx, unsigned int flags) {
  struct gf_lane_client *lane;
  CUresult result = gf_enter_current(&lane);
  if (result != CUDA_SUCCESS)
    return result;
  if (pctx == NULL || flags != 0)
    return CUDA_ERROR_INVALID_VALUE;
  __atomic_add_fetch(&gf_context_current()->users, 1, __ATOMIC_RELAXED);
  *pctx = (CUcontext)gf_thread.context;
  return CUDA_SUCCESS;
}

CUresult CUDAAPI cuCtxDetach(CUcontext ctx) {
  if (!gf_initialised())
    return CUDA_ERROR_NOT_INITIALIZED;
  struct gf_context *context = gf_context_of(ctx);
  if (context == NULL || context->is_primary)
    return CUDA_ERROR_INVALID_CONTEXT;
  if (context->users == 0)
    return cuCtxDestroy_v2(ctx);
  __atomic_sub_fetch(&context->users, 1, __ATOMIC_RELAXED);
  return CUDA_SUCCESS;
}

CUresult CUDAAPI cuCtxSynchronize_v2(CUcontext ctx) {
  struct gf_lane_client *lane;
  CUresult result = gf_enter(&lane);
  if (result != CUDA_SUCCESS)
    return result;
  if (ctx == NULL && gf_thread.context == 0)
    return CUDA_ERROR_INVALID_CONTEXT;
  struct gf_cuCtxSynchronize_v2_args *args =
      gf_begin(lane, GF_OP_cuCtxSynchronize_v2, sizeof *args);
  args->context = ctx != NULL ? (uint64_t)ctx : gf_thread.context;
  result = gf_call(lane, NULL, 0);
  if (result == CUDA_SUCCESS)
    gf_progress_all(lane->last_ticket);
  return result;
}

CUresult CUDAAPI cuCtxSynchronize(void) { return cuCtxSynchronize_v2(NULL); }
