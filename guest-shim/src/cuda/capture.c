// Stream capture as programs look at it while it goes on.
#include <string.h>

#include "cuda/stub.h"

CUresult CUDAAPI cuThreadExchangeStreamCaptureMode(CUstreamCaptureMode *mode) {
  struct gf_lane_client *lane;
  CUresult result = gf_enter(&lane);
  if (result != CUDA_SUCCESS)
    return result;
  if (mode == NULL)
    return CUDA_ERROR_INVALID_VALUE;
  struct gf_cuThreadExchangeStreamCaptureMode_args *args =
      gf_begin(lane, GF_OP_cuThreadExchangeStreamCaptureMode, sizeof *args);
  args->mode = (uint32_t)*mode;
  args->pad = 0;
  const void *data;
  result = gf_call(lane, &data, sizeof(struct gf_cuThreadExchangeStreamCaptureMode_reply));
  if (result == CUDA_SUCCESS)
    *mode = (CUstreamCaptureMode)((const struct gf_cuThreadExchangeStreamCaptureMode_reply *)data)
                ->mode;
  return result;
}

CUresult CUDAAPI cuStreamGetCaptureInfo_v3(CUstream hStream,
                                           CUstreamCaptureStatus *captureStatus_out,
                                           cuuint64_t *id_out, CUgraph *graph_out,
                                           const CUgraphNode **dependencies_out,
                                           const CUgraphEdgeData **edgeData_out,
                                           size_t *numDependencies_out) {
  struct gf_lane_client *lane;
  CUresult result = gf_enter(&lane);
  if (result != CUDA_SUCCESS)
    return result;
  if (captureStatus_out == NULL)
    return CUDA_ERROR_INVALID_VALUE;
  struct gf_cuStreamGetCaptureInfo_v3_args *args =
      gf_begin(lane, GF_OP_cuStreamGetCaptureInfo_v3, sizeof *args);
  args->stream = (uint64_t)hStream;
  const void *data;
  const struct gf_cuStreamGetCaptureInfo_v3_reply *reply;
  result = gf_call(lane, &data, sizeof *reply);
  if (result != CUDA_SUCCESS)
    return result;
  reply = data;
  const size_t count = reply->dependency_count;
  if (count > (gf_reply_bytes(lane) - sizeof *reply) / sizeof(uint64_t))
    return CUDA_ERROR_UNKNOWN;
  *captureStatus_out = (CUstreamCaptureStatus)reply->status;
  if (id_out != NULL)
    *id_out = reply->id;
  if (graph_out != NULL)
    *graph_out = (CUgraph)reply->graph;
  if (edgeData_out != NULL)
    *edgeData_out = NULL; // no node of ours has ports
  if (numDependencies_out != NULL)
    *numDependencies_out = count;
  if (dependencies_out != NULL) {
    // Valid until this thread asks again: CUDA's own array lives only until the capture goes on.
    CUgraphNode *copy = gf_thread_scratch(count * sizeof *copy);
    if (copy == NULL)
      return CUDA_ERROR_OUT_OF_MEMORY;
    memcpy(copy, reply + 1, count * sizeof *copy);
    *dependencies_out = copy;
  }
  return CUDA_SUCCESS;
}

CUresult CUDAAPI cuStreamGetCaptureInfo_v2(CUstream hStream,
                                           CUstreamCaptureStatus *captureStatus_out,
                                           cuuint64_t *id_out, CUgraph *graph_out,
                                           const CUgraphNode **dependencies_out,
                                           size_t *numDependencies_out) {
  return cuStreamGetCaptureInfo_v3(hStream, captureStatus_out, id_out, graph_out, dependencies_out,
                                   NULL, numDependencies_out);
}

CUresult CUDAAPI cuStreamGetCaptureInfo(CUstream hStream, CUstreamCaptureStatus *captureStatus_out,
                                        cuuint64_t *id_out) {
  return cuStreamGetCaptureInfo_v3(hStream, captureStatus_out, id_out, NULL, NULL, NULL, NULL);
}

CUresult CUDAAPI cuStreamUpdateCaptureDependencies_v2(CUstream hStream, CUgraphNode *dependencies,
                                                      const CUgraphEdgeData *dependencyData,
                                                      size_t numDependencies, unsigned int flags) {
  struct gf_lane_client *lane;
  CUresult result = gf_enter(&lane);
  if (result != CUDA_SUCCESS)
    return result;
  if ((dependencies == NULL && numDependencies > 0) || numDependencies > GF_TAIL_MAX_BYTES / 8)
    return CUDA_ERROR_INVALID_VALUE;
  if (dependencyData != NULL)
    return gf_refuse("cuStreamUpdateCaptureDependencies_v2", "edges with ports");
  struct gf_cuStreamUpdateCaptureDependencies_v2_args *args = gf_begin(
      lane, GF_OP_cuStreamUpdateCaptureDependencies_v2, sizeof *args + numDependencies * 8);
  args->stream = (uint64_t)hStream;
  args->dependency_count = numDependencies;
  args->flags = flags;
  args->pad = 0;
  if (numDependencies > 0)
    memcpy(args + 1, dependencies, numDependencies * 8);
  return gf_call(lane, NULL, 0);
}

CUresult CUDAAPI cuStreamUpdateCaptureDependencies(CUstream hStream, CUgraphNode *dependencies,
                                                   size_t numDependencies, unsigned int flags) {
  return cuStreamUpdateCaptureDependencies_v2(hStream, dependencies, NULL, numDependencies, flags);
}
