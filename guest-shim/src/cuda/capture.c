// Stream capture as programs look at it while it goes on.
#include <string.h>

#include "abi/graph.h"
#include "cuda/capture.h"
#include "cuda/progress.h"

uint32_t gf_host_decides;
static uint32_t g_graphs_allocate;

/// A stream's slot: its `owner` holds its flags, and this while it is the origin of a capture.
enum { GF_STREAM_CAPTURING = 1 << 16 };

static void set_capturing(CUstream stream, int capturing) {
  struct gf_slot *slot = gf_slot((uint64_t)stream, GF_KIND_STREAM);
  if (slot != NULL)
    slot->owner = capturing ? slot->owner | GF_STREAM_CAPTURING
                            : slot->owner & ~(uint64_t)GF_STREAM_CAPTURING;
}

int gf_stream_is_capturing(CUstream stream) {
  if (gf_load_relaxed(&gf_host_decides) == 0)
    return 0;
  const struct gf_slot *slot = gf_slot((uint64_t)stream, GF_KIND_STREAM);
  if (slot != NULL && (slot->owner & GF_STREAM_CAPTURING))
    return 1;
  CUstreamCaptureStatus status;
  return cuStreamIsCapturing(stream, &status) == CUDA_SUCCESS &&
         status != CU_STREAM_CAPTURE_STATUS_NONE;
}

void gf_graphs_allocate(void) { gf_store_relaxed(&g_graphs_allocate, 1); }
int gf_graphs_may_refuse(void) { return gf_load_relaxed(&g_graphs_allocate) != 0; }

void gf_capture_forget(void) {
  gf_host_decides = 0;
  g_graphs_allocate = 0;
}

CUresult gf_post_awaited(struct gf_lane_client *lane) {
  CUresult result = gf_call(lane, NULL, 0);
  gf_store_relaxed(&lane->work_ticket, lane->last_ticket + 1);
  return result;
}

static CUresult begun(struct gf_lane_client *lane, CUstream stream) {
  CUresult result = gf_call(lane, NULL, 0);
  if (result != CUDA_SUCCESS)
    return result;
  // Records made while capturing are nodes and not marks in time: nothing may be concluded from
  // tickets of this process any more.
  gf_progress_independent_stream();
  set_capturing(stream, 1);
  __atomic_fetch_add(&gf_host_decides, 1, __ATOMIC_RELAXED);
  return CUDA_SUCCESS;
}

CUresult CUDAAPI cuStreamBeginCapture_v2(CUstream hStream, CUstreamCaptureMode mode) {
  struct gf_lane_client *lane;
  CUresult result = gf_enter(&lane);
  if (result != CUDA_SUCCESS)
    return result;
  struct gf_cuStreamBeginCapture_v2_args *args =
      gf_begin(lane, GF_OP_cuStreamBeginCapture_v2, sizeof *args);
  args->stream = (uint64_t)hStream;
  args->mode = (uint32_t)mode;
  args->pad = 0;
  return begun(lane, hStream);
}

CUresult CUDAAPI cuStreamBeginCapture(CUstream hStream) {
  return cuStreamBeginCapture_v2(hStream, CU_STREAM_CAPTURE_MODE_GLOBAL);
}

/// Nodes, and the data of their edges if there is any, behind a call's arguments.
static void put_dependencies(void *tail, const CUgraphNode *nodes, const CUgraphEdgeData *edges,
                             size_t count) {
  if (count > 0)
    memcpy(tail, nodes, count * sizeof *nodes);
  if (count > 0 && edges != NULL)
    memcpy((uint8_t *)tail + count * sizeof *nodes, edges, count * sizeof *edges);
}

CUresult CUDAAPI cuStreamBeginCaptureToGraph(CUstream hStream, CUgraph hGraph,
                                             const CUgraphNode *dependencies,
                                             const CUgraphEdgeData *dependencyData,
                                             size_t numDependencies, CUstreamCaptureMode mode) {
  struct gf_lane_client *lane;
  CUresult result = gf_enter(&lane);
  if (result != CUDA_SUCCESS)
    return result;
  if ((dependencies == NULL && numDependencies > 0) || numDependencies > GF_TAIL_MAX_BYTES / 16)
    return CUDA_ERROR_INVALID_VALUE;
  struct gf_cuStreamBeginCaptureToGraph_args *args =
      gf_begin(lane, GF_OP_cuStreamBeginCaptureToGraph, sizeof *args + numDependencies * 16);
  args->stream = (uint64_t)hStream;
  args->graph = (uint64_t)hGraph;
  args->dependency_count = numDependencies;
  args->mode = (uint32_t)mode;
  args->has_edges = dependencyData != NULL;
  put_dependencies(args + 1, dependencies, dependencyData, numDependencies);
  return begun(lane, hStream);
}

CUresult CUDAAPI cuStreamEndCapture(CUstream hStream, CUgraph *phGraph) {
  struct gf_lane_client *lane;
  if (phGraph != NULL)
    *phGraph = NULL; // whatever is wrong
  CUresult result = gf_enter(&lane);
  if (result != CUDA_SUCCESS)
    return result;
  struct gf_cuStreamEndCapture_args *args = gf_begin(lane, GF_OP_cuStreamEndCapture, sizeof *args);
  args->stream = (uint64_t)hStream;
  args->wants_graph = phGraph != NULL;
  const void *data;
  result = gf_call(lane, &data, sizeof(struct gf_cuStreamEndCapture_reply));
  // A capture that was broken is over, too.
  if (result == CUDA_SUCCESS || result == CUDA_ERROR_STREAM_CAPTURE_INVALIDATED ||
      result == CUDA_ERROR_STREAM_CAPTURE_UNJOINED) {
    set_capturing(hStream, 0);
    __atomic_fetch_sub(&gf_host_decides, 1, __ATOMIC_RELAXED);
  }
  if (result == CUDA_SUCCESS && phGraph != NULL)
    *phGraph = (CUgraph)((const struct gf_cuStreamEndCapture_reply *)data)->graph;
  return result;
}

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

static CUresult capture_info(CUstream stream, uint32_t wants, CUstreamCaptureStatus *status,
                             cuuint64_t *id, CUgraph *graph, const CUgraphNode **dependencies,
                             const CUgraphEdgeData **edges, size_t *dependency_count) {
  struct gf_lane_client *lane;
  CUresult result = gf_enter(&lane);
  if (result != CUDA_SUCCESS)
    return result;
  if (status == NULL)
    return CUDA_ERROR_INVALID_VALUE;
  struct gf_cuStreamGetCaptureInfo_v3_args *args =
      gf_begin(lane, GF_OP_cuStreamGetCaptureInfo_v3, sizeof *args);
  args->stream = (uint64_t)stream;
  args->wants = wants;
  args->pad = 0;
  const void *data;
  const struct gf_cuStreamGetCaptureInfo_v3_reply *reply;
  result = gf_call(lane, &data, sizeof *reply);
  if (result != CUDA_SUCCESS)
    return result;
  reply = data;
  *status = (CUstreamCaptureStatus)reply->status;
  if (*status != CU_STREAM_CAPTURE_STATUS_ACTIVE)
    return CUDA_SUCCESS;
  const size_t count = reply->dependency_count;
  const size_t sent = wants & GF_CAPTURE_NODES ? count : 0;
  const size_t each = sizeof(CUgraphNode) + (reply->has_edges ? sizeof(CUgraphEdgeData) : 0);
  if (sent > (gf_reply_bytes(lane) - sizeof *reply) / each)
    return CUDA_ERROR_UNKNOWN;
  if (id != NULL)
    *id = reply->id;
  if (graph != NULL)
    *graph = (CUgraph)reply->graph;
  if (dependency_count != NULL)
    *dependency_count = count;
  if (edges != NULL)
    *edges = NULL;
  if (dependencies != NULL) {
    // Valid until this thread asks again: CUDA's own array lives only until the capture goes on.
    CUgraphNode *copy = gf_thread_scratch(sent * each);
    if (copy == NULL)
      return CUDA_ERROR_OUT_OF_MEMORY;
    memcpy(copy, reply + 1, sent * each);
    *dependencies = copy;
    if (edges != NULL && reply->has_edges)
      *edges = (const CUgraphEdgeData *)(copy + sent);
  }
  return CUDA_SUCCESS;
}

CUresult CUDAAPI cuStreamGetCaptureInfo_v3(CUstream hStream,
                                           CUstreamCaptureStatus *captureStatus_out,
                                           cuuint64_t *id_out, CUgraph *graph_out,
                                           const CUgraphNode **dependencies_out,
                                           const CUgraphEdgeData **edgeData_out,
                                           size_t *numDependencies_out) {
  const uint32_t wants = (dependencies_out != NULL ? GF_CAPTURE_NODES : 0) |
                         (edgeData_out != NULL ? GF_CAPTURE_EDGES : 0);
  return capture_info(hStream, wants, captureStatus_out, id_out, graph_out, dependencies_out,
                      edgeData_out, numDependencies_out);
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
  if ((dependencies == NULL && numDependencies > 0) || numDependencies > GF_TAIL_MAX_BYTES / 16)
    return CUDA_ERROR_INVALID_VALUE;
  struct gf_cuStreamUpdateCaptureDependencies_v2_args *args = gf_begin(
      lane, GF_OP_cuStreamUpdateCaptureDependencies_v2, sizeof *args + numDependencies * 16);
  args->stream = (uint64_t)hStream;
  args->dependency_count = numDependencies;
  args->flags = flags;
  args->has_edges = dependencyData != NULL;
  put_dependencies(args + 1, dependencies, dependencyData, numDependencies);
  return gf_call(lane, NULL, 0);
}

CUresult CUDAAPI cuStreamUpdateCaptureDependencies(CUstream hStream, CUgraphNode *dependencies,
                                                   size_t numDependencies, unsigned int flags) {
  return cuStreamUpdateCaptureDependencies_v2(hStream, dependencies, NULL, numDependencies, flags);
}
