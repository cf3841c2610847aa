// What nodes do, read back.
#include <string.h>

#include "cuda/graph_node.h"
#include "session/courier.h"

struct answer {
  CUgraphNodeParams params;
  uint64_t graph;
  const uint8_t *payload; ///< until this thread's next call
  uint64_t payload_bytes;
};

static CUresult get(CUgraphNode node, CUgraphNodeType type, const void *out,
                    struct answer *answer) {
  struct gf_lane_client *lane;
  CUresult result = gf_enter(&lane);
  if (result != CUDA_SUCCESS)
    return result;
  if (out == NULL)
    return CUDA_ERROR_INVALID_VALUE;
  struct gf_gfGraphNodeGetParams_args *args =
      gf_begin(lane, GF_OP_gfGraphNodeGetParams, sizeof *args);
  args->node = (uint64_t)node;
  args->type = (uint32_t)type;
  args->pad = 0;
  const void *data;
  const struct gf_gfGraphNodeGetParams_reply *reply;
  result = gf_call(lane, &data, sizeof *reply);
  if (result != CUDA_SUCCESS)
    return result;
  reply = data;
  memcpy(&answer->params, reply->params, sizeof answer->params);
  answer->graph = reply->graph;
  answer->payload = (const uint8_t *)(reply + 1);
  answer->payload_bytes = reply->payload_bytes;
  return answer->payload_bytes <= gf_reply_bytes(lane) - sizeof *reply ? CUDA_SUCCESS
                                                                       : CUDA_ERROR_UNKNOWN;
}

CUresult CUDAAPI cuGraphKernelNodeGetParams_v2(CUgraphNode hNode,
                                               CUDA_KERNEL_NODE_PARAMS *nodeParams) {
  struct answer answer;
  CUresult result = get(hNode, CU_GRAPH_NODE_TYPE_KERNEL, nodeParams, &answer);
  if (result != CUDA_SUCCESS)
    return result;
  const CUDA_KERNEL_NODE_PARAMS_v3 *kernel = &answer.params.kernel;
  const struct gf_function *function = gf_function_of(
      (uint64_t)(kernel->func != NULL ? (void *)kernel->func : (void *)kernel->kern));
  const uint32_t count = function != NULL ? function->param_count : 0;
  void **pointers =
      gf_node_keep((uint64_t)hNode, answer.graph, count * sizeof *pointers + answer.payload_bytes);
  if (pointers == NULL)
    return CUDA_ERROR_OUT_OF_MEMORY;
  uint8_t *values = (uint8_t *)(pointers + count);
  memcpy(values, answer.payload, answer.payload_bytes);
  for (uint32_t i = 0; i < count; i++) {
    if (function->params[i].offset_bytes + function->params[i].size_bytes > answer.payload_bytes)
      return CUDA_ERROR_UNKNOWN;
    pointers[i] = values + function->params[i].offset_bytes;
  }
  // A kernel of a library that was launched as it is has a function, too, which it is asked for last:
  // that is a call.
  CUfunction as_function = kernel->func;
  if (as_function == NULL && kernel->kern != NULL)
    cuKernelGetFunction(&as_function, kernel->kern);
  *nodeParams = (CUDA_KERNEL_NODE_PARAMS){as_function,       kernel->gridDimX,
                                          kernel->gridDimY,  kernel->gridDimZ,
                                          kernel->blockDimX, kernel->blockDimY,
                                          kernel->blockDimZ, kernel->sharedMemBytes,
                                          pointers,          NULL,
                                          kernel->kern,      kernel->ctx};
  return CUDA_SUCCESS;
}

CUresult CUDAAPI cuGraphKernelNodeGetParams(CUgraphNode hNode,
                                            CUDA_KERNEL_NODE_PARAMS_v1 *nodeParams) {
  CUDA_KERNEL_NODE_PARAMS wide;
  CUresult result = cuGraphKernelNodeGetParams_v2(hNode, nodeParams != NULL ? &wide : NULL);
  if (result == CUDA_SUCCESS)
    *nodeParams =
        (CUDA_KERNEL_NODE_PARAMS_v1){wide.func != NULL ? wide.func : (CUfunction)wide.kern,
                                     wide.gridDimX,
                                     wide.gridDimY,
                                     wide.gridDimZ,
                                     wide.blockDimX,
                                     wide.blockDimY,
                                     wide.blockDimZ,
                                     wide.sharedMemBytes,
                                     wide.kernelParams,
                                     NULL};
  return result;
}

CUresult CUDAAPI cuGraphMemcpyNodeGetParams(CUgraphNode hNode, CUDA_MEMCPY3D *nodeParams) {
  struct answer answer;
  CUresult result = get(hNode, CU_GRAPH_NODE_TYPE_MEMCPY, nodeParams, &answer);
  if (result != CUDA_SUCCESS)
    return result;
  *nodeParams = answer.params.memcpy.copyParams;
  gf_node_restore_host(nodeParams);
  return CUDA_SUCCESS;
}

CUresult CUDAAPI cuGraphHostNodeGetParams(CUgraphNode hNode, CUDA_HOST_NODE_PARAMS *nodeParams) {
  struct answer answer;
  CUresult result = get(hNode, CU_GRAPH_NODE_TYPE_HOST, nodeParams, &answer);
  if (result != CUDA_SUCCESS)
    return result;
  struct gf_callback callback;
  if (!gf_courier_find((uint64_t)answer.params.host.userData, &callback))
    return CUDA_ERROR_UNKNOWN;
  *nodeParams = (CUDA_HOST_NODE_PARAMS){(CUhostFn)callback.function, callback.user_data};
  return CUDA_SUCCESS;
}

/// The elements of an answer, in memory that lives as long as the node; NULL where there are none.
static CUresult keep_payload(CUgraphNode node, const struct answer *answer, void **kept) {
  *kept = NULL;
  if (answer->payload_bytes == 0)
    return CUDA_SUCCESS;
  *kept = gf_node_keep((uint64_t)node, answer->graph, answer->payload_bytes);
  if (*kept == NULL)
    return CUDA_ERROR_OUT_OF_MEMORY;
  memcpy(*kept, answer->payload, answer->payload_bytes);
  return CUDA_SUCCESS;
}

CUresult CUDAAPI cuGraphBatchMemOpNodeGetParams(CUgraphNode hNode,
                                                CUDA_BATCH_MEM_OP_NODE_PARAMS *nodeParams_out) {
  struct answer answer;
  void *kept;
  CUresult result = get(hNode, CU_GRAPH_NODE_TYPE_BATCH_MEM_OP, nodeParams_out, &answer);
  if (result == CUDA_SUCCESS)
    result = keep_payload(hNode, &answer, &kept);
  if (result != CUDA_SUCCESS)
    return result;
  const CUDA_BATCH_MEM_OP_NODE_PARAMS_v2 *ops = &answer.params.memOp;
  *nodeParams_out = (CUDA_BATCH_MEM_OP_NODE_PARAMS){ops->ctx, ops->count, kept, ops->flags};
  return CUDA_SUCCESS;
}

CUresult CUDAAPI cuGraphMemAllocNodeGetParams(CUgraphNode hNode,
                                              CUDA_MEM_ALLOC_NODE_PARAMS *params_out) {
  struct answer answer;
  void *kept;
  CUresult result = get(hNode, CU_GRAPH_NODE_TYPE_MEM_ALLOC, params_out, &answer);
  if (result == CUDA_SUCCESS)
    result = keep_payload(hNode, &answer, &kept);
  if (result != CUDA_SUCCESS)
    return result;
  const CUDA_MEM_ALLOC_NODE_PARAMS_v2 *alloc = &answer.params.alloc;
  *params_out = (CUDA_MEM_ALLOC_NODE_PARAMS){alloc->poolProps, kept, alloc->accessDescCount,
                                             alloc->bytesize, alloc->dptr};
  return CUDA_SUCCESS;
}

CUresult CUDAAPI cuGraphMemFreeNodeGetParams(CUgraphNode hNode, CUdeviceptr *dptr_out) {
  struct answer answer;
  CUresult result = get(hNode, CU_GRAPH_NODE_TYPE_MEM_FREE, dptr_out, &answer);
  if (result == CUDA_SUCCESS)
    *dptr_out = answer.params.free.dptr;
  return result;
}

CUresult CUDAAPI cuGraphKernelNodeGetAttribute(CUgraphNode hNode, CUkernelNodeAttrID attr,
                                               CUkernelNodeAttrValue *value_out) {
  struct gf_lane_client *lane;
  CUresult result = gf_enter(&lane);
  if (result != CUDA_SUCCESS)
    return result;
  if (value_out == NULL)
    return CUDA_ERROR_INVALID_VALUE;
  struct gf_cuGraphKernelNodeGetAttribute_args *args =
      gf_begin(lane, GF_OP_cuGraphKernelNodeGetAttribute, sizeof *args);
  args->node = (uint64_t)hNode;
  args->attribute = (uint32_t)attr;
  args->pad = 0;
  const void *data;
  const struct gf_cuGraphKernelNodeGetAttribute_reply *reply;
  result = gf_call(lane, &data, sizeof *reply);
  if (result != CUDA_SUCCESS)
    return result;
  reply = data;
  _Static_assert(sizeof *value_out == sizeof reply->value, "as protocol/api/cuda says");
  memcpy(value_out, reply->value, sizeof reply->value);
  return CUDA_SUCCESS;
}

CUresult CUDAAPI cuGraphKernelNodeSetAttribute(CUgraphNode hNode, CUkernelNodeAttrID attr,
                                               const CUkernelNodeAttrValue *value) {
  struct gf_lane_client *lane;
  CUresult result = gf_enter(&lane);
  if (result != CUDA_SUCCESS)
    return result;
  if (value == NULL)
    return CUDA_ERROR_INVALID_VALUE;
  struct gf_cuGraphKernelNodeSetAttribute_args *args =
      gf_begin(lane, GF_OP_cuGraphKernelNodeSetAttribute, sizeof *args);
  args->node = (uint64_t)hNode;
  args->attribute = (uint32_t)attr;
  args->pad = 0;
  memcpy(args->value, value, sizeof args->value);
  return gf_call(lane, NULL, 0);
}
