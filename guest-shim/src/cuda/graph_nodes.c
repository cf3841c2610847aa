// Nodes of graphs: adding and changing them. Each kind's own call travels as the call for all kinds
// does, and says that it is one.
#include <string.h>

#include "cuda/allocations.h"
#include "cuda/capture.h"
#include "cuda/graph_node.h"

/// Adds a node. What the driver makes of it comes back in `given`.
static CUresult add(CUgraphNode *out, CUgraph graph, const CUgraphNode *dependencies,
                    const CUgraphEdgeData *edges, size_t count, CUgraphNodeParams *given,
                    int by_kind) {
  struct gf_lane_client *lane;
  CUresult result = gf_enter(&lane);
  if (result != CUDA_SUCCESS)
    return result;
  if (out == NULL || given == NULL || (dependencies == NULL && count > 0))
    return CUDA_ERROR_INVALID_VALUE;
  const size_t each = 8 + (edges != NULL ? sizeof *edges : 0);
  if (count > GF_TAIL_MAX_BYTES / 2 / each)
    return gf_too_long("cuGraphAddNode", count * each);
  struct gf_node node;
  result = gf_node_prepare(given, &node);
  if (result != CUDA_SUCCESS)
    return result;
  struct gf_cuGraphAddNode_v2_args *args = gf_begin(
      lane, GF_OP_cuGraphAddNode_v2, sizeof *args + count * each + GF_ALIGN8(node.payload_bytes));
  args->graph = (uint64_t)graph;
  args->dependency_count = count;
  args->has_edges = edges != NULL;
  args->by_kind = (uint32_t)by_kind;
  args->payload_bytes = node.payload_bytes;
  memcpy(args->params, &node.params, sizeof args->params);
  uint8_t *tail = (uint8_t *)(args + 1);
  if (count > 0)
    memcpy(tail, dependencies, count * 8);
  tail += count * 8;
  if (edges != NULL && count > 0)
    memcpy(tail, edges, count * sizeof *edges);
  tail += edges != NULL ? count * sizeof *edges : 0;
  gf_node_put_payload(tail, &node);
  const void *data;
  const struct gf_cuGraphAddNode_v2_reply *reply;
  result = gf_call(lane, &data, sizeof *reply);
  if (result != CUDA_SUCCESS)
    return result;
  reply = data;
  if (given->type == CU_GRAPH_NODE_TYPE_MEM_ALLOC) {
    given->alloc.dptr = reply->address;
    gf_graphs_allocate();
    gf_allocations_add(reply->address, given->alloc.bytesize, GF_ALLOCATION_GRAPH,
                       gf_thread.context);
  } else if (given->type == CU_GRAPH_NODE_TYPE_CONDITIONAL) {
    if (reply->graph_count > (gf_reply_bytes(lane) - sizeof *reply) / sizeof(uint64_t))
      return CUDA_ERROR_UNKNOWN;
    CUgraph *bodies =
        gf_node_keep(reply->node, (uint64_t)graph, reply->graph_count * sizeof *bodies);
    if (bodies == NULL)
      return CUDA_ERROR_OUT_OF_MEMORY;
    memcpy(bodies, reply + 1, reply->graph_count * sizeof *bodies);
    given->conditional.phGraph_out = bodies;
  }
  *out = (CUgraphNode)reply->node;
  return CUDA_SUCCESS;
}

CUresult CUDAAPI cuGraphAddNode_v2(CUgraphNode *phGraphNode, CUgraph hGraph,
                                   const CUgraphNode *dependencies,
                                   const CUgraphEdgeData *dependencyData, size_t numDependencies,
                                   CUgraphNodeParams *nodeParams) {
  return add(phGraphNode, hGraph, dependencies, dependencyData, numDependencies, nodeParams, 0);
}

CUresult CUDAAPI cuGraphAddNode(CUgraphNode *phGraphNode, CUgraph hGraph,
                                const CUgraphNode *dependencies, size_t numDependencies,
                                CUgraphNodeParams *nodeParams) {
  return add(phGraphNode, hGraph, dependencies, NULL, numDependencies, nodeParams, 0);
}

/// By the call that is for this kind alone; `params` is what the application gave, or NULL.
#define GF_ADD(params, ...)                                                                        \
  do {                                                                                             \
    CUgraphNodeParams node = {.type = CU_GRAPH_NODE_TYPE_EMPTY};                                   \
    if ((params) != NULL) {                                                                        \
      __VA_ARGS__;                                                                                 \
    }                                                                                              \
    return add(phGraphNode, hGraph, dependencies, NULL, numDependencies,                           \
               (params) != NULL ? &node : NULL, 1);                                                \
  } while (0)

CUresult CUDAAPI cuGraphAddKernelNode_v2(CUgraphNode *phGraphNode, CUgraph hGraph,
                                         const CUgraphNode *dependencies, size_t numDependencies,
                                         const CUDA_KERNEL_NODE_PARAMS *nodeParams) {
  GF_ADD(nodeParams, node = gf_node_of_kernel(nodeParams));
}

CUresult CUDAAPI cuGraphAddKernelNode(CUgraphNode *phGraphNode, CUgraph hGraph,
                                      const CUgraphNode *dependencies, size_t numDependencies,
                                      const CUDA_KERNEL_NODE_PARAMS_v1 *nodeParams) {
  GF_ADD(nodeParams, node = gf_node_of_kernel_v1(nodeParams));
}

CUresult CUDAAPI cuGraphAddMemcpyNode(CUgraphNode *phGraphNode, CUgraph hGraph,
                                      const CUgraphNode *dependencies, size_t numDependencies,
                                      const CUDA_MEMCPY3D *copyParams, CUcontext ctx) {
  GF_ADD(copyParams, node = gf_node_of_copy(copyParams, ctx));
}

CUresult CUDAAPI cuGraphAddMemsetNode(CUgraphNode *phGraphNode, CUgraph hGraph,
                                      const CUgraphNode *dependencies, size_t numDependencies,
                                      const CUDA_MEMSET_NODE_PARAMS *memsetParams, CUcontext ctx) {
  GF_ADD(memsetParams, node.type = CU_GRAPH_NODE_TYPE_MEMSET;
         node.memset = ((CUDA_MEMSET_NODE_PARAMS_v2){
             memsetParams->dst, memsetParams->pitch, memsetParams->value, memsetParams->elementSize,
             memsetParams->width, memsetParams->height, ctx}));
}

CUresult CUDAAPI cuGraphAddHostNode(CUgraphNode *phGraphNode, CUgraph hGraph,
                                    const CUgraphNode *dependencies, size_t numDependencies,
                                    const CUDA_HOST_NODE_PARAMS *nodeParams) {
  GF_ADD(nodeParams, node = gf_node_of_host(nodeParams));
}

CUresult CUDAAPI cuGraphAddChildGraphNode(CUgraphNode *phGraphNode, CUgraph hGraph,
                                          const CUgraphNode *dependencies, size_t numDependencies,
                                          CUgraph childGraph) {
  CUgraphNodeParams node = {0};
  node.type = CU_GRAPH_NODE_TYPE_GRAPH;
  node.graph.graph = childGraph;
  return add(phGraphNode, hGraph, dependencies, NULL, numDependencies, &node, 1);
}

CUresult CUDAAPI cuGraphAddEmptyNode(CUgraphNode *phGraphNode, CUgraph hGraph,
                                     const CUgraphNode *dependencies, size_t numDependencies) {
  CUgraphNodeParams node = {.type = CU_GRAPH_NODE_TYPE_EMPTY};
  return add(phGraphNode, hGraph, dependencies, NULL, numDependencies, &node, 1);
}

CUresult CUDAAPI cuGraphAddEventRecordNode(CUgraphNode *phGraphNode, CUgraph hGraph,
                                           const CUgraphNode *dependencies, size_t numDependencies,
                                           CUevent event) {
  CUgraphNodeParams node = {0};
  node.type = CU_GRAPH_NODE_TYPE_EVENT_RECORD;
  node.eventRecord.event = event;
  return add(phGraphNode, hGraph, dependencies, NULL, numDependencies, &node, 1);
}

CUresult CUDAAPI cuGraphAddEventWaitNode(CUgraphNode *phGraphNode, CUgraph hGraph,
                                         const CUgraphNode *dependencies, size_t numDependencies,
                                         CUevent event) {
  CUgraphNodeParams node = {0};
  node.type = CU_GRAPH_NODE_TYPE_WAIT_EVENT;
  node.eventWait.event = event;
  return add(phGraphNode, hGraph, dependencies, NULL, numDependencies, &node, 1);
}

CUresult CUDAAPI cuGraphAddBatchMemOpNode(CUgraphNode *phGraphNode, CUgraph hGraph,
                                          const CUgraphNode *dependencies, size_t numDependencies,
                                          const CUDA_BATCH_MEM_OP_NODE_PARAMS *nodeParams) {
  GF_ADD(nodeParams, node = gf_node_of_mem_ops(nodeParams));
}

CUresult CUDAAPI cuGraphAddMemAllocNode(CUgraphNode *phGraphNode, CUgraph hGraph,
                                        const CUgraphNode *dependencies, size_t numDependencies,
                                        CUDA_MEM_ALLOC_NODE_PARAMS *nodeParams) {
  CUgraphNodeParams node = {.type = CU_GRAPH_NODE_TYPE_MEM_ALLOC};
  if (nodeParams != NULL)
    node.alloc =
        (CUDA_MEM_ALLOC_NODE_PARAMS_v2){nodeParams->poolProps, nodeParams->accessDescs,
                                        nodeParams->accessDescCount, nodeParams->bytesize, 0};
  CUresult result = add(phGraphNode, hGraph, dependencies, NULL, numDependencies,
                        nodeParams != NULL ? &node : NULL, 1);
  if (result == CUDA_SUCCESS)
    nodeParams->dptr = node.alloc.dptr;
  return result;
}

CUresult CUDAAPI cuGraphAddMemFreeNode(CUgraphNode *phGraphNode, CUgraph hGraph,
                                       const CUgraphNode *dependencies, size_t numDependencies,
                                       CUdeviceptr dptr) {
  CUgraphNodeParams node = {0};
  node.type = CU_GRAPH_NODE_TYPE_MEM_FREE;
  node.free.dptr = dptr;
  return add(phGraphNode, hGraph, dependencies, NULL, numDependencies, &node, 1);
}

static CUresult set(CUgraphNode of, const CUgraphNodeParams *given, int by_kind) {
  struct gf_lane_client *lane;
  CUresult result = gf_enter(&lane);
  if (result != CUDA_SUCCESS)
    return result;
  if (given == NULL)
    return CUDA_ERROR_INVALID_VALUE;
  struct gf_node node;
  result = gf_node_prepare(given, &node);
  if (result != CUDA_SUCCESS)
    return result;
  struct gf_cuGraphNodeSetParams_args *args =
      gf_begin(lane, GF_OP_cuGraphNodeSetParams, sizeof *args + GF_ALIGN8(node.payload_bytes));
  args->node = (uint64_t)of;
  args->by_kind = (uint32_t)by_kind;
  args->pad = 0;
  args->payload_bytes = node.payload_bytes;
  memcpy(args->params, &node.params, sizeof args->params);
  gf_node_put_payload((uint8_t *)(args + 1), &node);
  return gf_call(lane, NULL, 0);
}

static CUresult exec_set(CUgraphExec exec, CUgraphNode of, const CUgraphNodeParams *given,
                         int by_kind) {
  struct gf_lane_client *lane;
  CUresult result = gf_enter(&lane);
  if (result != CUDA_SUCCESS)
    return result;
  if (given == NULL)
    return CUDA_ERROR_INVALID_VALUE;
  struct gf_node node;
  result = gf_node_prepare(given, &node);
  if (result != CUDA_SUCCESS)
    return result;
  struct gf_cuGraphExecNodeSetParams_args *args =
      gf_begin(lane, GF_OP_cuGraphExecNodeSetParams, sizeof *args + GF_ALIGN8(node.payload_bytes));
  args->exec = (uint64_t)exec;
  args->node = (uint64_t)of;
  args->by_kind = (uint32_t)by_kind;
  args->pad = 0;
  args->payload_bytes = node.payload_bytes;
  memcpy(args->params, &node.params, sizeof args->params);
  gf_node_put_payload((uint8_t *)(args + 1), &node);
  return gf_call(lane, NULL, 0);
}

CUresult CUDAAPI cuGraphNodeSetParams(CUgraphNode hNode, CUgraphNodeParams *nodeParams) {
  return set(hNode, nodeParams, 0);
}
CUresult CUDAAPI cuGraphExecNodeSetParams(CUgraphExec hGraphExec, CUgraphNode hNode,
                                          CUgraphNodeParams *nodeParams) {
  return exec_set(hGraphExec, hNode, nodeParams, 0);
}

CUresult CUDAAPI cuGraphKernelNodeSetParams_v2(CUgraphNode hNode,
                                               const CUDA_KERNEL_NODE_PARAMS *nodeParams) {
  if (nodeParams == NULL)
    return set(hNode, NULL, 1);
  const CUgraphNodeParams node = gf_node_of_kernel(nodeParams);
  return set(hNode, &node, 1);
}

CUresult CUDAAPI cuGraphKernelNodeSetParams(CUgraphNode hNode,
                                            const CUDA_KERNEL_NODE_PARAMS_v1 *nodeParams) {
  if (nodeParams == NULL)
    return set(hNode, NULL, 1);
  const CUgraphNodeParams node = gf_node_of_kernel_v1(nodeParams);
  return set(hNode, &node, 1);
}

CUresult CUDAAPI cuGraphMemcpyNodeSetParams(CUgraphNode hNode, const CUDA_MEMCPY3D *nodeParams) {
  if (nodeParams == NULL)
    return set(hNode, NULL, 1);
  const CUgraphNodeParams node = gf_node_of_copy(nodeParams, NULL);
  return set(hNode, &node, 1);
}

CUresult CUDAAPI cuGraphHostNodeSetParams(CUgraphNode hNode,
                                          const CUDA_HOST_NODE_PARAMS *nodeParams) {
  if (nodeParams == NULL)
    return set(hNode, NULL, 1);
  const CUgraphNodeParams node = gf_node_of_host(nodeParams);
  return set(hNode, &node, 1);
}

CUresult CUDAAPI cuGraphBatchMemOpNodeSetParams(CUgraphNode hNode,
                                                const CUDA_BATCH_MEM_OP_NODE_PARAMS *nodeParams) {
  if (nodeParams == NULL)
    return set(hNode, NULL, 1);
  const CUgraphNodeParams node = gf_node_of_mem_ops(nodeParams);
  return set(hNode, &node, 1);
}

CUresult CUDAAPI cuGraphExecKernelNodeSetParams_v2(CUgraphExec hGraphExec, CUgraphNode hNode,
                                                   const CUDA_KERNEL_NODE_PARAMS *nodeParams) {
  if (nodeParams == NULL)
    return exec_set(hGraphExec, hNode, NULL, 1);
  const CUgraphNodeParams node = gf_node_of_kernel(nodeParams);
  return exec_set(hGraphExec, hNode, &node, 1);
}

CUresult CUDAAPI cuGraphExecKernelNodeSetParams(CUgraphExec hGraphExec, CUgraphNode hNode,
                                                const CUDA_KERNEL_NODE_PARAMS_v1 *nodeParams) {
  if (nodeParams == NULL)
    return exec_set(hGraphExec, hNode, NULL, 1);
  const CUgraphNodeParams node = gf_node_of_kernel_v1(nodeParams);
  return exec_set(hGraphExec, hNode, &node, 1);
}

CUresult CUDAAPI cuGraphExecMemcpyNodeSetParams(CUgraphExec hGraphExec, CUgraphNode hNode,
                                                const CUDA_MEMCPY3D *copyParams, CUcontext ctx) {
  if (copyParams == NULL)
    return exec_set(hGraphExec, hNode, NULL, 1);
  const CUgraphNodeParams node = gf_node_of_copy(copyParams, ctx);
  return exec_set(hGraphExec, hNode, &node, 1);
}

CUresult CUDAAPI cuGraphExecHostNodeSetParams(CUgraphExec hGraphExec, CUgraphNode hNode,
                                              const CUDA_HOST_NODE_PARAMS *nodeParams) {
  if (nodeParams == NULL)
    return exec_set(hGraphExec, hNode, NULL, 1);
  const CUgraphNodeParams node = gf_node_of_host(nodeParams);
  return exec_set(hGraphExec, hNode, &node, 1);
}

CUresult CUDAAPI cuGraphExecBatchMemOpNodeSetParams(
    CUgraphExec hGraphExec, CUgraphNode hNode, const CUDA_BATCH_MEM_OP_NODE_PARAMS *nodeParams) {
  if (nodeParams == NULL)
    return exec_set(hGraphExec, hNode, NULL, 1);
  const CUgraphNodeParams node = gf_node_of_mem_ops(nodeParams);
  return exec_set(hGraphExec, hNode, &node, 1);
}
