// Graphs: instantiation, updates, and lists of nodes.
#include <string.h>

#include "cuda/stub.h"

CUresult CUDAAPI cuGraphInstantiateWithParams(CUgraphExec *phGraphExec, CUgraph hGraph,
                                              CUDA_GRAPH_INSTANTIATE_PARAMS *instantiateParams) {
  struct gf_lane_client *lane;
  CUresult result = gf_enter(&lane);
  if (result != CUDA_SUCCESS)
    return result;
  if (phGraphExec == NULL || instantiateParams == NULL)
    return CUDA_ERROR_INVALID_VALUE;
  uint64_t exec = gf_mint(GF_KIND_GRAPH_EXEC);
  if (exec == 0)
    return CUDA_ERROR_OUT_OF_MEMORY;
  struct gf_cuGraphInstantiateWithParams_args *args =
      gf_begin(lane, GF_OP_cuGraphInstantiateWithParams, sizeof *args);
  args->exec = exec;
  args->graph = (uint64_t)hGraph;
  args->flags = instantiateParams->flags;
  args->stream = (uint64_t)instantiateParams->hUploadStream;
  result = gf_call(lane, NULL, 0);
  const struct gf_cuGraphInstantiateWithParams_reply *reply = gf_lane_reply(lane);
  if (gf_reply_bytes(lane) >= sizeof *reply) { // says what went wrong, too
    instantiateParams->result_out = (CUgraphInstantiateResult)reply->result;
    instantiateParams->hErrNode_out = (CUgraphNode)reply->error_node;
  }
  if (result != CUDA_SUCCESS) {
    gf_drop(exec);
    return result;
  }
  *phGraphExec = (CUgraphExec)exec;
  return CUDA_SUCCESS;
}

CUresult CUDAAPI cuGraphInstantiate_v2(CUgraphExec *phGraphExec, CUgraph hGraph,
                                       CUgraphNode *phErrorNode, char *logBuffer,
                                       size_t bufferSize) {
  if (logBuffer != NULL && bufferSize > 0)
    logBuffer[0] = '\0';
  if (phErrorNode != NULL)
    *phErrorNode = NULL;
  return cuGraphInstantiateWithFlags(phGraphExec, hGraph, 0);
}

CUresult CUDAAPI cuGraphInstantiate(CUgraphExec *phGraphExec, CUgraph hGraph,
                                    CUgraphNode *phErrorNode, char *logBuffer, size_t bufferSize) {
  return cuGraphInstantiate_v2(phGraphExec, hGraph, phErrorNode, logBuffer, bufferSize);
}

CUresult CUDAAPI cuGraphExecUpdate_v2(CUgraphExec hGraphExec, CUgraph hGraph,
                                      CUgraphExecUpdateResultInfo *resultInfo) {
  struct gf_lane_client *lane;
  CUresult result = gf_enter(&lane);
  if (result != CUDA_SUCCESS)
    return result;
  if (resultInfo == NULL)
    return CUDA_ERROR_INVALID_VALUE;
  struct gf_cuGraphExecUpdate_v2_args *args =
      gf_begin(lane, GF_OP_cuGraphExecUpdate_v2, sizeof *args);
  args->exec = (uint64_t)hGraphExec;
  args->graph = (uint64_t)hGraph;
  result = gf_call(lane, NULL, 0);
  const struct gf_cuGraphExecUpdate_v2_reply *reply = gf_lane_reply(lane);
  if (gf_reply_bytes(lane) >= sizeof *reply) {
    resultInfo->result = (CUgraphExecUpdateResult)reply->result;
    resultInfo->errorNode = (CUgraphNode)reply->error_node;
    resultInfo->errorFromNode = (CUgraphNode)reply->error_from_node;
  }
  return result;
}

_Static_assert(sizeof(struct gf_cuGraphGetNodes_args) ==
                       sizeof(struct gf_cuGraphGetRootNodes_args) &&
                   sizeof(struct gf_cuGraphGetNodes_reply) ==
                       sizeof(struct gf_cuGraphGetRootNodes_reply),
               "both lists travel alike");

/// Without an array the driver only counts; with one it fills it and says how many there are.
static CUresult list_nodes(uint16_t opcode, CUgraph graph, CUgraphNode *nodes, size_t *count) {
  struct gf_lane_client *lane;
  CUresult result = gf_enter(&lane);
  if (result != CUDA_SUCCESS)
    return result;
  if (count == NULL)
    return CUDA_ERROR_INVALID_VALUE;
  const size_t room = nodes != NULL ? *count : 0;
  struct gf_cuGraphGetNodes_args *args = gf_begin(lane, opcode, sizeof *args);
  args->graph = (uint64_t)graph;
  args->count = room;
  const void *data;
  const struct gf_cuGraphGetNodes_reply *reply;
  result = gf_call(lane, &data, sizeof *reply);
  if (result != CUDA_SUCCESS)
    return result;
  reply = data;
  const size_t sent = (gf_reply_bytes(lane) - sizeof *reply) / sizeof(uint64_t);
  if (nodes != NULL) {
    size_t copied = reply->count < room ? reply->count : room;
    if (copied > sent)
      return CUDA_ERROR_UNKNOWN;
    memcpy(nodes, reply + 1, copied * sizeof *nodes);
  }
  *count = reply->count;
  return CUDA_SUCCESS;
}

CUresult CUDAAPI cuGraphGetNodes(CUgraph hGraph, CUgraphNode *nodes, size_t *numNodes) {
  return list_nodes(GF_OP_cuGraphGetNodes, hGraph, nodes, numNodes);
}
CUresult CUDAAPI cuGraphGetRootNodes(CUgraph hGraph, CUgraphNode *rootNodes, size_t *numRootNodes) {
  return list_nodes(GF_OP_cuGraphGetRootNodes, hGraph, rootNodes, numRootNodes);
}
