#include "cuda/graph_node.h"

#include <string.h>

#include "cuda/callback.h"
#include "cuda/copy.h"
#include "cuda/host_memory.h"
#include "cuda/launch.h"
#include "heap/alias.h"
#include "heap/heap.h"
#include "session/session.h"

static CUresult prepare_kernel(struct gf_node *node) {
  CUDA_KERNEL_NODE_PARAMS_v3 *kernel = &node->params.kernel;
  const uint64_t handle = kernel->func != NULL ? (uint64_t)kernel->func : (uint64_t)kernel->kern;
  node->function = gf_function_of(handle);
  if (node->function == NULL)
    return CUDA_ERROR_INVALID_HANDLE;
  uint32_t bytes;
  CUresult result = gf_launch_params(node->function, kernel->kernelParams, kernel->extra,
                                     &node->kernel_buffer, &bytes);
  if (result != CUDA_SUCCESS)
    return result;
  node->payload_bytes = bytes;
  node->kernel_params = kernel->kernelParams;
  kernel->func = (CUfunction)node->function->handle;
  kernel->kern = NULL;
  kernel->kernelParams = NULL;
  kernel->extra = NULL;
  return CUDA_SUCCESS;
}

/// One side of a copy.
struct side {
  CUmemorytype type;
  const void **host;
  CUdeviceptr *device;
  size_t x_bytes, y, z, pitch_bytes, height;
};

/// A node's host memory is read and written whenever the graph runs: the host gets its own address.
static CUresult settle_host(const struct side *side, const CUDA_MEMCPY3D *copy) {
  const int is_unified = side->type == CU_MEMORYTYPE_UNIFIED;
  if (side->type != CU_MEMORYTYPE_HOST && !is_unified)
    return CUDA_SUCCESS;
  if (is_unified && gf_is_device_address(*side->device))
    return CUDA_SUCCESS;
  const size_t row = side->x_bytes + copy->WidthInBytes, rows = side->y + copy->Height;
  const size_t pitch = side->pitch_bytes != 0 ? side->pitch_bytes : row;
  const size_t height = side->height != 0 ? side->height : rows;
  const void *host = is_unified ? (const void *)*side->device : *side->host;
  if (host == NULL || pitch < row || (copy->Depth > 1 && height < rows))
    return CUDA_ERROR_INVALID_VALUE;
  const size_t bytes = ((side->z + copy->Depth - 1) * height + rows - 1) * pitch + row;
  uint64_t offset = gf_host_offset_for_graph(host, bytes);
  if (offset == UINT64_MAX)
    return is_unified ? CUDA_ERROR_INVALID_VALUE : CUDA_ERROR_NOT_SUPPORTED;
  if (is_unified)
    *side->device = (CUdeviceptr)(gf_session.heap + offset);
  else
    *side->host = gf_session.heap + offset;
  return CUDA_SUCCESS;
}

static CUresult prepare_copy(CUDA_MEMCPY3D *copy) {
  if (copy->WidthInBytes == 0 || copy->Height == 0 || copy->Depth == 0)
    return CUDA_SUCCESS;
  const struct side from = {copy->srcMemoryType, &copy->srcHost, &copy->srcDevice,
                            copy->srcXInBytes,   copy->srcY,     copy->srcZ,
                            copy->srcPitch,      copy->srcHeight};
  const struct side to = {copy->dstMemoryType, (const void **)&copy->dstHost,
                          &copy->dstDevice,    copy->dstXInBytes,
                          copy->dstY,          copy->dstZ,
                          copy->dstPitch,      copy->dstHeight};
  CUresult result = settle_host(&from, copy);
  return result == CUDA_SUCCESS ? settle_host(&to, copy) : result;
}

static CUresult prepare_host(CUDA_HOST_NODE_PARAMS_v2 *host) {
  if (host->fn == NULL)
    return CUDA_ERROR_INVALID_VALUE;
  const uint64_t callback = gf_callback_for_host_function(host->fn, host->userData, 1);
  if (callback == 0)
    return CUDA_ERROR_OUT_OF_MEMORY;
  host->fn = NULL;
  host->userData = (void *)callback;
  return CUDA_SUCCESS;
}

/// `count` elements at `array`, which must be there.
static CUresult prepare_array(struct gf_node *node, const void *array, size_t count, size_t bytes) {
  if (count > GF_TAIL_MAX_BYTES / 2 / bytes || (array == NULL && count > 0))
    return CUDA_ERROR_INVALID_VALUE;
  node->payload = array;
  node->payload_bytes = count * bytes;
  return CUDA_SUCCESS;
}

CUresult gf_node_prepare(const CUgraphNodeParams *given, struct gf_node *node) {
  *node = (struct gf_node){.params = *given};
  CUgraphNodeParams *p = &node->params;
  switch (p->type) {
  case CU_GRAPH_NODE_TYPE_KERNEL:
    return prepare_kernel(node);
  case CU_GRAPH_NODE_TYPE_MEMCPY:
    return prepare_copy(&p->memcpy.copyParams);
  case CU_GRAPH_NODE_TYPE_HOST:
    return prepare_host(&p->host);
  case CU_GRAPH_NODE_TYPE_MEM_ALLOC:
    return prepare_array(node, p->alloc.accessDescs, p->alloc.accessDescCount,
                         sizeof *p->alloc.accessDescs);
  case CU_GRAPH_NODE_TYPE_BATCH_MEM_OP:
    return prepare_array(node, p->memOp.paramArray, p->memOp.count, sizeof *p->memOp.paramArray);
  case CU_GRAPH_NODE_TYPE_EXT_SEMAS_SIGNAL:
  case CU_GRAPH_NODE_TYPE_EXT_SEMAS_WAIT:
    return gf_refuse("a graph's node of semaphores",
                     "External semaphores of the guest (Vulkan, DX) do not exist on the host.");
  default:
    return CUDA_SUCCESS;
  }
}

void gf_node_put_payload(uint8_t *to, const struct gf_node *node) {
  if (node->payload_bytes == 0)
    return;
  if (node->function != NULL)
    gf_launch_pack(to, node->function, node->kernel_params, node->kernel_buffer,
                   (uint32_t)node->payload_bytes);
  else
    memcpy(to, node->payload, node->payload_bytes);
}

static const void *own_address(const void *address) {
  const uint64_t offset = gf_heap_offset(address);
  void *own = offset != UINT64_MAX ? gf_alias_at(offset) : NULL;
  return own != NULL ? own : address;
}

void gf_node_restore_host(CUDA_MEMCPY3D *copy) {
  if (copy->srcMemoryType == CU_MEMORYTYPE_HOST)
    copy->srcHost = own_address(copy->srcHost);
  else if (copy->srcMemoryType == CU_MEMORYTYPE_UNIFIED)
    copy->srcDevice = (CUdeviceptr)own_address((const void *)copy->srcDevice);
  if (copy->dstMemoryType == CU_MEMORYTYPE_HOST)
    copy->dstHost = (void *)own_address(copy->dstHost);
  else if (copy->dstMemoryType == CU_MEMORYTYPE_UNIFIED)
    copy->dstDevice = (CUdeviceptr)own_address((const void *)copy->dstDevice);
}

CUgraphNodeParams gf_node_of_kernel(const CUDA_KERNEL_NODE_PARAMS *p) {
  CUgraphNodeParams node = {.type = CU_GRAPH_NODE_TYPE_KERNEL};
  node.kernel = (CUDA_KERNEL_NODE_PARAMS_v3){
      p->func,      p->gridDimX,       p->gridDimY,     p->gridDimZ, p->blockDimX, p->blockDimY,
      p->blockDimZ, p->sharedMemBytes, p->kernelParams, p->extra,    p->kern,      p->ctx};
  return node;
}

CUgraphNodeParams gf_node_of_kernel_v1(const CUDA_KERNEL_NODE_PARAMS_v1 *p) {
  const CUDA_KERNEL_NODE_PARAMS wide = {
      p->func,      p->gridDimX,       p->gridDimY,     p->gridDimZ, p->blockDimX, p->blockDimY,
      p->blockDimZ, p->sharedMemBytes, p->kernelParams, p->extra,    NULL,         NULL};
  return gf_node_of_kernel(&wide);
}

CUgraphNodeParams gf_node_of_copy(const CUDA_MEMCPY3D *params, CUcontext context) {
  CUgraphNodeParams node = {.type = CU_GRAPH_NODE_TYPE_MEMCPY};
  node.memcpy.copyCtx = context;
  node.memcpy.copyParams = *params;
  return node;
}

CUgraphNodeParams gf_node_of_host(const CUDA_HOST_NODE_PARAMS *params) {
  CUgraphNodeParams node = {.type = CU_GRAPH_NODE_TYPE_HOST};
  node.host.fn = params->fn;
  node.host.userData = params->userData;
  return node;
}

CUgraphNodeParams gf_node_of_mem_ops(const CUDA_BATCH_MEM_OP_NODE_PARAMS *p) {
  CUgraphNodeParams node = {.type = CU_GRAPH_NODE_TYPE_BATCH_MEM_OP};
  node.memOp = (CUDA_BATCH_MEM_OP_NODE_PARAMS_v2){p->ctx, p->count, p->paramArray, p->flags};
  return node;
}
