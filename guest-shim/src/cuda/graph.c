// Graphs: instantiation, updates, launches; memory and pictures of them.
#include <stdio.h>

#include "cuda/capture.h"

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
  CUDA_GRAPH_INSTANTIATE_PARAMS params = {.flags = 0};
  CUresult result = cuGraphInstantiateWithParams(phGraphExec, hGraph, &params);
  if (phErrorNode != NULL)
    *phErrorNode = params.hErrNode_out;
  return result;
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
  // Of an error that has nothing to do with the graphs the driver says nothing.
  const int has_verdict = result == CUDA_SUCCESS || result == CUDA_ERROR_GRAPH_EXEC_UPDATE_FAILURE;
  if (has_verdict && gf_reply_bytes(lane) >= sizeof *reply) {
    resultInfo->result = (CUgraphExecUpdateResult)reply->result;
    resultInfo->errorNode = (CUgraphNode)reply->error_node;
    resultInfo->errorFromNode = (CUgraphNode)reply->error_from_node;
  }
  return result;
}

CUresult CUDAAPI cuGraphExecUpdate(CUgraphExec hGraphExec, CUgraph hGraph,
                                   CUgraphNode *hErrorNode_out,
                                   CUgraphExecUpdateResult *updateResult_out) {
  CUgraphExecUpdateResultInfo info = {.result = CU_GRAPH_EXEC_UPDATE_ERROR};
  CUresult result = cuGraphExecUpdate_v2(hGraphExec, hGraph, &info);
  if (hErrorNode_out != NULL)
    *hErrorNode_out = info.errorNode;
  if (updateResult_out != NULL)
    *updateResult_out = info.result;
  return result;
}

CUresult CUDAAPI cuGraphLaunch(CUgraphExec hGraph, CUstream hStream) {
  struct gf_lane_client *lane;
  CUresult result = gf_enter(&lane);
  if (result != CUDA_SUCCESS)
    return result;
  struct gf_cuGraphLaunch_args *args = gf_begin(lane, GF_OP_cuGraphLaunch, sizeof *args);
  args->exec = (uint64_t)hGraph;
  args->stream = (uint64_t)hStream;
  // What nothing can be wrong with is not waited for.
  return gf_live((uint64_t)hGraph, GF_KIND_GRAPH_EXEC) &&
                 gf_certain((uint64_t)hStream, GF_KIND_STREAM) && !gf_graphs_may_refuse()
             ? gf_post(lane)
             : gf_call(lane, NULL, 0);
}

CUresult CUDAAPI cuDeviceGetGraphMemAttribute(CUdevice device, CUgraphMem_attribute attr,
                                              void *value) {
  struct gf_lane_client *lane;
  CUresult result = gf_enter(&lane);
  if (result != CUDA_SUCCESS)
    return result;
  if (value == NULL)
    return CUDA_ERROR_INVALID_VALUE;
  struct gf_cuDeviceGetGraphMemAttribute_args *args =
      gf_begin(lane, GF_OP_cuDeviceGetGraphMemAttribute, sizeof *args);
  args->device = device;
  args->attribute = (uint32_t)attr;
  const void *data;
  result = gf_call(lane, &data, sizeof(struct gf_cuDeviceGetGraphMemAttribute_reply));
  if (result == CUDA_SUCCESS)
    *(cuuint64_t *)value = ((const struct gf_cuDeviceGetGraphMemAttribute_reply *)data)->value;
  return result;
}

CUresult CUDAAPI cuDeviceSetGraphMemAttribute(CUdevice device, CUgraphMem_attribute attr,
                                              void *value) {
  struct gf_lane_client *lane;
  CUresult result = gf_enter(&lane);
  if (result != CUDA_SUCCESS)
    return result;
  if (value == NULL)
    return CUDA_ERROR_INVALID_VALUE;
  struct gf_cuDeviceSetGraphMemAttribute_args *args =
      gf_begin(lane, GF_OP_cuDeviceSetGraphMemAttribute, sizeof *args);
  args->device = device;
  args->attribute = (uint32_t)attr;
  args->value = *(const cuuint64_t *)value;
  return gf_call(lane, NULL, 0);
}

/// The host writes its picture into memory, and the file is written here.
CUresult CUDAAPI cuGraphDebugDotPrint(CUgraph hGraph, const char *path, unsigned int flags) {
  struct gf_lane_client *lane;
  CUresult result = gf_enter(&lane);
  if (result != CUDA_SUCCESS)
    return result;
  if (path == NULL)
    return CUDA_ERROR_INVALID_VALUE;
  FILE *file = NULL;
  for (uint64_t at = 0, total = 1; at < total;) {
    struct gf_cuGraphDebugDotPrint_args *args =
        gf_begin(lane, GF_OP_cuGraphDebugDotPrint, sizeof *args);
    args->graph = (uint64_t)hGraph;
    args->offset = at;
    args->flags = flags;
    args->pad = 0;
    const void *data;
    const struct gf_cuGraphDebugDotPrint_reply *reply;
    result = gf_call(lane, &data, sizeof *reply);
    if (result != CUDA_SUCCESS)
      break;
    reply = data;
    total = reply->total_bytes;
    if (reply->bytes > gf_reply_bytes(lane) - sizeof *reply || (reply->bytes == 0 && at < total))
      result = CUDA_ERROR_UNKNOWN;
    else if (file == NULL && (file = fopen(path, "w")) == NULL)
      result = CUDA_ERROR_OPERATING_SYSTEM;
    else if (fwrite(reply + 1, 1, reply->bytes, file) != reply->bytes)
      result = CUDA_ERROR_OPERATING_SYSTEM;
    if (result != CUDA_SUCCESS)
      break;
    at += reply->bytes;
  }
  if (file != NULL && fclose(file) != 0 && result == CUDA_SUCCESS)
    result = CUDA_ERROR_OPERATING_SYSTEM;
  return result;
}
