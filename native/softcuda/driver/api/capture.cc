// Stream capture.
#include "../capture.h"
#include "../entry.h"

#include <algorithm>

using namespace softcuda;

namespace {

thread_local CUstreamCaptureMode thread_mode = CU_STREAM_CAPTURE_MODE_GLOBAL;

CUresult begin(CUstream handle, Graph *graph, const CUgraphNode *dependencies, size_t count,
               CUstreamCaptureMode mode) {
  Stream *stream;
  GF_TRY(enter(handle, &stream));
  GF_REQUIRE(mode <= CU_STREAM_CAPTURE_MODE_RELAXED);
  if (stream == &stream->context.legacy_stream())
    return CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED;
  if (stream->capture)
    return CUDA_ERROR_ILLEGAL_STATE;
  std::vector<GraphNode *> behind;
  for (size_t i = 0; i < count; i++) {
    GraphNode *node = GraphNode::from(dependencies[i]);
    GF_REQUIRE(node && &node->graph == graph);
    behind.push_back(node);
  }
  stream->capture =
      std::make_shared<Capture>(*stream, graph ? graph : new Graph, mode, graph == nullptr);
  stream->capture->behind[stream] = std::move(behind);
  return CUDA_SUCCESS;
}

CUstreamCaptureStatus status_of(const Stream &stream) {
  return !stream.capture               ? CU_STREAM_CAPTURE_STATUS_NONE
         : stream.capture->invalidated ? CU_STREAM_CAPTURE_STATUS_INVALIDATED
                                       : CU_STREAM_CAPTURE_STATUS_ACTIVE;
}

} // namespace

GF_API cuStreamBeginCapture_v2(CUstream stream, CUstreamCaptureMode mode) {
  return begin(stream, nullptr, nullptr, 0, mode);
}

GF_API cuStreamBeginCapture(CUstream stream) {
  return begin(stream, nullptr, nullptr, 0, CU_STREAM_CAPTURE_MODE_GLOBAL);
}

GF_API cuStreamBeginCaptureToGraph(CUstream stream, CUgraph handle, const CUgraphNode *dependencies,
                                   const CUgraphEdgeData *, size_t count,
                                   CUstreamCaptureMode mode) {
  Graph *graph = Graph::from(handle);
  GF_REQUIRE(graph && (dependencies || count == 0));
  return begin(stream, graph, dependencies, count, mode);
}

GF_API cuStreamEndCapture(CUstream handle, CUgraph *out) {
  Stream *stream;
  GF_TRY(enter(handle, &stream));
  GF_REQUIRE(out);
  *out = nullptr;
  std::shared_ptr<Capture> capture = stream->capture;
  if (!capture)
    return CUDA_ERROR_ILLEGAL_STATE;
  if (&capture->origin != stream)
    return CUDA_ERROR_STREAM_CAPTURE_UNMATCHED;
  if (capture->mode != CU_STREAM_CAPTURE_MODE_RELAXED &&
      capture->thread != std::this_thread::get_id())
    return CUDA_ERROR_STREAM_CAPTURE_WRONG_THREAD;
  capture->release_streams();
  if (capture->invalidated)
    return CUDA_ERROR_STREAM_CAPTURE_INVALIDATED;
  if (!capture->is_joined())
    return CUDA_ERROR_STREAM_CAPTURE_UNJOINED;
  *out = handle_of<CUgraph>(capture->graph);
  capture->graph = nullptr;
  return CUDA_SUCCESS;
}

GF_API cuStreamIsCapturing(CUstream handle, CUstreamCaptureStatus *status) {
  Stream *stream;
  GF_TRY(enter(handle, &stream));
  GF_REQUIRE(status);
  *status = status_of(*stream);
  return CUDA_SUCCESS;
}

GF_API cuStreamGetCaptureInfo_v2(CUstream handle, CUstreamCaptureStatus *status, cuuint64_t *id,
                                 CUgraph *graph, const CUgraphNode **dependencies, size_t *count) {
  Stream *stream;
  GF_TRY(enter(handle, &stream));
  GF_REQUIRE(status);
  *status = status_of(*stream);
  if (*status != CU_STREAM_CAPTURE_STATUS_ACTIVE)
    return CUDA_SUCCESS;
  auto &behind = stream->capture->behind[stream];
  if (id)
    *id = stream->capture->id;
  if (graph)
    *graph = handle_of<CUgraph>(stream->capture->graph);
  if (dependencies)
    *dependencies = reinterpret_cast<const CUgraphNode *>(behind.data());
  if (count)
    *count = behind.size();
  return CUDA_SUCCESS;
}

GF_API cuStreamGetCaptureInfo(CUstream stream, CUstreamCaptureStatus *status, cuuint64_t *id) {
  return cuStreamGetCaptureInfo_v2(stream, status, id, nullptr, nullptr, nullptr);
}

GF_API cuStreamGetCaptureInfo_v3(CUstream stream, CUstreamCaptureStatus *status, cuuint64_t *id,
                                 CUgraph *graph, const CUgraphNode **dependencies,
                                 const CUgraphEdgeData **edges, size_t *count) {
  if (edges)
    *edges = nullptr; // ours are all plain
  return cuStreamGetCaptureInfo_v2(stream, status, id, graph, dependencies, count);
}

GF_API cuStreamUpdateCaptureDependencies(CUstream handle, CUgraphNode *dependencies, size_t count,
                                         unsigned int flags) {
  Stream *stream;
  GF_TRY(enter(handle, &stream));
  GF_REQUIRE(flags <= CU_STREAM_SET_CAPTURE_DEPENDENCIES && (dependencies || count == 0));
  if (!stream->capture)
    return CUDA_ERROR_ILLEGAL_STATE;
  auto &behind = stream->capture->behind[stream];
  if (flags == CU_STREAM_SET_CAPTURE_DEPENDENCIES)
    behind.clear();
  for (size_t i = 0; i < count; i++) {
    GraphNode *node = GraphNode::from(dependencies[i]);
    GF_REQUIRE(node && &node->graph == stream->capture->graph);
    if (std::find(behind.begin(), behind.end(), node) == behind.end())
      behind.push_back(node);
  }
  return CUDA_SUCCESS;
}

GF_API cuStreamUpdateCaptureDependencies_v2(CUstream stream, CUgraphNode *dependencies,
                                            const CUgraphEdgeData *, size_t count,
                                            unsigned int flags) {
  return cuStreamUpdateCaptureDependencies(stream, dependencies, count, flags);
}

GF_API cuThreadExchangeStreamCaptureMode(CUstreamCaptureMode *mode) {
  GF_TRY(enter());
  GF_REQUIRE(mode && *mode <= CU_STREAM_CAPTURE_MODE_RELAXED);
  std::swap(*mode, thread_mode);
  return CUDA_SUCCESS;
}
