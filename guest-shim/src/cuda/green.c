// Green contexts and the resources that they are made of. A resource's bytes go to the executor as they are: what in them is
// the driver's own stands for something only there.
#include <string.h>

#include "cuda/allocations.h"
#include "cuda/context.h"
#include "cuda/init.h"
#include "cuda/primary.h"
#include "cuda/progress.h"

_Static_assert(sizeof(CUdevResource) ==
                   sizeof(((struct gf_cuDeviceGetDevResource_reply *)0)->resource),
               "the wire structure holds CUDA's resource");

CUresult CUDAAPI cuDeviceGetDevResource(CUdevice device, CUdevResource *resource,
                                        CUdevResourceType type) {
  struct gf_lane_client *lane;
  CUresult result = gf_enter(&lane);
  if (result != CUDA_SUCCESS)
    return result;
  if (gf_device(device) == NULL)
    return CUDA_ERROR_INVALID_DEVICE;
  if (resource == NULL)
    return CUDA_ERROR_INVALID_VALUE;
  struct gf_cuDeviceGetDevResource_args *args =
      gf_begin(lane, GF_OP_cuDeviceGetDevResource, sizeof *args);
  args->dev = device;
  args->type = (int32_t)type;
  const void *data;
  result = gf_call(lane, &data, sizeof(struct gf_cuDeviceGetDevResource_reply));
  if (result == CUDA_SUCCESS)
    memcpy(resource, data, sizeof *resource);
  return result;
}

_Static_assert(sizeof(struct gf_cuCtxGetDevResource_args) ==
                   sizeof(struct gf_cuGreenCtxGetDevResource_args),
               "both questions are asked by one function");

/// Of a context or of a green one, by the opcode.
static CUresult resource_of(struct gf_lane_client *lane, uint16_t opcode, uint64_t context,
                            CUdevResource *resource, CUdevResourceType type) {
  struct gf_cuCtxGetDevResource_args *args = gf_begin(lane, opcode, sizeof *args);
  args->context = context;
  args->type = (int32_t)type;
  args->pad = 0;
  const void *data;
  const CUresult result = gf_call(lane, &data, sizeof(struct gf_cuCtxGetDevResource_reply));
  if (result == CUDA_SUCCESS)
    memcpy(resource, data, sizeof *resource);
  return result;
}

CUresult CUDAAPI cuCtxGetDevResource(CUcontext hCtx, CUdevResource *resource,
                                     CUdevResourceType type) {
  struct gf_lane_client *lane;
  CUresult result = gf_enter(&lane);
  if (result != CUDA_SUCCESS)
    return result;
  if (gf_context_of(hCtx) == NULL)
    return CUDA_ERROR_INVALID_CONTEXT;
  if (resource == NULL)
    return CUDA_ERROR_INVALID_VALUE;
  return resource_of(lane, GF_OP_cuCtxGetDevResource, (uint64_t)hCtx, resource, type);
}

CUresult CUDAAPI cuGreenCtxGetDevResource(CUgreenCtx hCtx, CUdevResource *resource,
                                          CUdevResourceType type) {
  struct gf_lane_client *lane;
  CUresult result = gf_enter(&lane);
  if (result != CUDA_SUCCESS)
    return result;
  if (gf_slot((uint64_t)hCtx, GF_KIND_GREEN_CONTEXT) == NULL)
    return CUDA_ERROR_INVALID_CONTEXT;
  if (resource == NULL)
    return CUDA_ERROR_INVALID_VALUE;
  return resource_of(lane, GF_OP_cuGreenCtxGetDevResource, (uint64_t)hCtx, resource, type);
}

CUresult CUDAAPI cuDevSmResourceSplitByCount(CUdevResource *result_, unsigned int *nbGroups,
                                             const CUdevResource *input, CUdevResource *remaining,
                                             unsigned int useFlags, unsigned int minCount) {
  struct gf_lane_client *lane;
  CUresult result = gf_enter(&lane);
  if (result != CUDA_SUCCESS)
    return result;
  if (nbGroups == NULL || input == NULL)
    return CUDA_ERROR_INVALID_VALUE;
  struct gf_cuDevSmResourceSplitByCount_args *args =
      gf_begin(lane, GF_OP_cuDevSmResourceSplitByCount, sizeof *args);
  memcpy(args->input, input, sizeof args->input);
  args->wants_groups = result_ != NULL;
  args->groups = result_ != NULL ? *nbGroups : 0;
  args->wants_remaining = remaining != NULL;
  args->flags = useFlags;
  args->least = minCount;
  args->pad = 0;
  const void *data;
  result = gf_call(lane, &data, sizeof(struct gf_cuDevSmResourceSplitByCount_reply));
  if (result != CUDA_SUCCESS)
    return result;
  const struct gf_cuDevSmResourceSplitByCount_reply *reply = data;
  if (result_ != NULL) {
    if (reply->groups > *nbGroups)
      return CUDA_ERROR_UNKNOWN;
    memcpy(result_, reply + 1, reply->groups * sizeof *result_);
    if (remaining != NULL)
      memcpy(remaining, reply->remaining, sizeof *remaining);
  }
  *nbGroups = reply->groups;
  return CUDA_SUCCESS;
}

CUresult CUDAAPI cuDevResourceGenerateDesc(CUdevResourceDesc *phDesc, CUdevResource *resources,
                                           unsigned int nbResources) {
  struct gf_lane_client *lane;
  CUresult result = gf_enter(&lane);
  if (result != CUDA_SUCCESS)
    return result;
  if (phDesc == NULL || resources == NULL || nbResources == 0)
    return CUDA_ERROR_INVALID_VALUE;
  const uint64_t desc = gf_mint(GF_KIND_RESOURCE_DESC);
  if (desc == 0)
    return CUDA_ERROR_OUT_OF_MEMORY;
  // More than fit into a frame are more than any device has.
  const uint64_t tail_bytes = (uint64_t)nbResources * sizeof *resources;
  struct gf_cuDevResourceGenerateDesc_args *args =
      tail_bytes <= GF_TAIL_MAX_BYTES
          ? gf_begin(lane, GF_OP_cuDevResourceGenerateDesc, sizeof *args + tail_bytes)
          : NULL;
  result = CUDA_ERROR_INVALID_RESOURCE_CONFIGURATION;
  if (args != NULL) {
    args->desc = desc;
    args->count = nbResources;
    args->pad = 0;
    memcpy(args + 1, resources, tail_bytes);
    result = gf_call(lane, NULL, 0);
  }
  if (result != CUDA_SUCCESS) {
    gf_drop(desc);
    return result;
  }
  *phDesc = (CUdevResourceDesc)desc;
  return CUDA_SUCCESS;
}

// The context that a green one is used by comes with it, so that cuCtxFromGreenCtx asks nobody.
CUresult CUDAAPI cuGreenCtxCreate(CUgreenCtx *phCtx, CUdevResourceDesc desc, CUdevice dev,
                                  unsigned int flags) {
  struct gf_lane_client *lane;
  CUresult result = gf_enter(&lane);
  if (result != CUDA_SUCCESS)
    return result;
  if (gf_device(dev) == NULL)
    return CUDA_ERROR_INVALID_DEVICE;
  if (phCtx == NULL)
    return CUDA_ERROR_INVALID_VALUE;
  const uint64_t green = gf_mint(GF_KIND_GREEN_CONTEXT);
  const uint64_t context = green != 0 ? gf_context_new(dev, 0) : 0;
  if (context == 0) {
    gf_drop(green);
    return CUDA_ERROR_OUT_OF_MEMORY;
  }
  struct gf_cuGreenCtxCreate_args *args = gf_begin(lane, GF_OP_cuGreenCtxCreate, sizeof *args);
  args->green = green;
  args->context = context;
  args->desc = (uint64_t)desc;
  args->dev = dev;
  args->flags = flags;
  result = gf_call(lane, NULL, 0);
  if (result != CUDA_SUCCESS) {
    gf_context_drop(context);
    gf_drop(green);
    return result;
  }
  gf_slot(green, GF_KIND_GREEN_CONTEXT)->owner = context;
  *phCtx = (CUgreenCtx)green;
  return CUDA_SUCCESS;
}

CUresult CUDAAPI cuCtxFromGreenCtx(CUcontext *pContext, CUgreenCtx hCtx) {
  struct gf_lane_client *lane;
  CUresult result = gf_enter(&lane);
  if (result != CUDA_SUCCESS)
    return result;
  const struct gf_slot *slot = gf_slot((uint64_t)hCtx, GF_KIND_GREEN_CONTEXT);
  if (slot == NULL)
    return CUDA_ERROR_INVALID_CONTEXT;
  if (pContext == NULL)
    return CUDA_ERROR_INVALID_VALUE;
  *pContext = (CUcontext)slot->owner;
  return CUDA_SUCCESS;
}

CUresult CUDAAPI cuGreenCtxDestroy(CUgreenCtx hCtx) {
  struct gf_lane_client *lane;
  CUresult result = gf_enter(&lane);
  if (result != CUDA_SUCCESS)
    return result;
  const struct gf_slot *slot = gf_slot((uint64_t)hCtx, GF_KIND_GREEN_CONTEXT);
  if (slot == NULL)
    return CUDA_ERROR_INVALID_CONTEXT;
  const uint64_t context = slot->owner;
  struct gf_cuGreenCtxDestroy_args *args = gf_begin(lane, GF_OP_cuGreenCtxDestroy, sizeof *args);
  args->green = (uint64_t)hCtx;
  args->context = context;
  result = gf_call(lane, NULL, 0);
  if (result != CUDA_SUCCESS)
    return result;
  gf_drop((uint64_t)hCtx);
  // What was allocated while it was current is the primary context's.
  const struct gf_context *record = gf_context_of((CUcontext)context);
  if (record != NULL)
    gf_allocations_hand_over(context, (uint64_t)gf_primary_handle(record->device));
  gf_context_destroyed(context);
  return CUDA_SUCCESS;
}

void gf_observe_cuGreenCtxStreamCreate(CUstream *phStream, CUgreenCtx greenCtx, unsigned int flags,
                                       int priority) {
  (void)greenCtx;
  (void)priority;
  gf_slot((uint64_t)*phStream, GF_KIND_STREAM)->owner = flags;
  gf_progress_independent_stream();
}
