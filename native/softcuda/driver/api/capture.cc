// Stream capture.
#include "../capture.h"
#include "graph_enter.h"

#include <algorithm>

using namespace softcuda;

namespace {

CUresult begin(CUstream handle, Graph *graph, std::vector<Dependency> behind,
               CUstreamCaptureMode mode) {
  Stream *stream;
  GF_TRY(enter(handle, &stream));
  GF_REQUIRE(static_cast<unsigned>(mode) <= CU_STREAM_CAPTURE_MODE_RELAXED);
  if (stream == &stream->context.legacy_stream())
    return CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED;
  if (stream->capture)
    return CUDA_ERROR_ILLEGAL_STATE;
  auto capture =
      std::make_shared<Capture>(*stream, graph ? graph : new Graph, mode, graph == nullptr);
  capture->draw_in(*stream).behind = std::move(behind);
  stream->capture = std::move(capture);
  return CUDA_SUCCESS;
}

CUstreamCaptureStatus status_of(const Stream &stream) {
  return !stream.capture               ? CU_STREAM_CAPTURE_STATUS_NONE
         : stream.capture->invalidated ? CU_STREAM_CAPTURE_STATUS_INVALIDATED
                                       : CU_STREAM_CAPTURE_STATUS_ACTIVE;
}

} // namespace

GF_API cuStreamBeginCapture_v2(CUstream stream, CUstreamCaptureMode mode) {
  return begin(stream, nullptr, {}, mode);
}

GF_API cuStreamBeginCapture(CUstream stream) {
  return begin(stream, nullptr, {}, CU_STREAM_CAPTURE_MODE_GLOBAL);
}

GF_API cuStreamBeginCaptureToGraph(CUstream stream, CUgraph handle, const CUgraphNode *dependencies,
                                   const CUgraphEdgeData *edges, size_t count,
                                   CUstreamCaptureMode mode) {
  Graph *graph;
  GF_TRY(enter_graph(handle, &graph));
  std::vector<Dependency> behind;
  GF_TRY(read_dependencies(*graph, dependencies, edges, count, &behind));
  return begin(stream, graph, std::move(behind), mode);
}

GF_API cuStreamEndCapture(CUstream handle, CUgraph *out) {
  Stream *stream;
  if (out)
    *out = nullptr; // whatever is wrong
  GF_TRY(enter(handle, &stream));
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
  if (out) { // else nobody wants it, or whoever began the capture has it
    *out = handle_of<CUgraph>(capture->graph);
    capture->graph = nullptr;
  }
  return CUDA_SUCCESS;
}

GF_API cuStreamIsCapturing(CUstream handle, CUstreamCaptureStatus *status) {
  Stream *stream;
  GF_TRY(enter(handle, &stream));
  GF_REQUIRE(status);
  *status = status_of(*stream);
  return CUDA_SUCCESS;
}

namespace {

CUresult info(CUstream handle, CUstreamCaptureStatus *status, cuuint64_t *id, CUgraph *graph,
              const CUgraphNode **dependencies, const CUgraphEdgeData **edges, size_t *count) {
  Stream *stream;
  GF_TRY(enter(handle, &stream));
  GF_REQUIRE(status);
  // What the legacy stream does is not known while others are captured that it would wait for.
  if (stream->meets_captures())
    return CUDA_ERROR_STREAM_CAPTURE_IMPLICIT;
  *status = status_of(*stream);
  if (*status != CU_STREAM_CAPTURE_STATUS_ACTIVE)
    return CUDA_SUCCESS;
  Capture::Tip &tip = stream->capture->tips[stream];
  const bool has_data = std::any_of(tip.behind.begin(), tip.behind.end(),
                                    [](const Dependency &d) { return !is_plain(d.data); });
  if (has_data && dependencies && !edges)
    return CUDA_ERROR_LOSSY_QUERY;
  tip.nodes.clear();
  tip.edges.clear();
  for (const Dependency &dependency : tip.behind) {
    tip.nodes.push_back(handle_of<CUgraphNode>(dependency.node));
    tip.edges.push_back(dependency.data);
  }
  if (id)
    *id = stream->capture->id;
  if (graph)
    *graph = handle_of<CUgraph>(stream->capture->graph);
  if (dependencies)
    *dependencies = tip.nodes.data();
  if (edges)
    *edges = has_data ? tip.edges.data() : nullptr; // null: none has any
  if (count)
    *count = tip.nodes.size();
  return CUDA_SUCCESS;
}

} // namespace

GF_API cuStreamGetCaptureInfo_v3(CUstream stream, CUstreamCaptureStatus *status, cuuint64_t *id,
                                 CUgraph *graph, const CUgraphNode **dependencies,
                                 const CUgraphEdgeData **edges, size_t *count) {
  return info(stream, status, id, graph, dependencies, edges, count);
}

GF_API cuStreamGetCaptureInfo_v2(CUstream stream, CUstreamCaptureStatus *status, cuuint64_t *id,
                                 CUgraph *graph, const CUgraphNode **dependencies, size_t *count) {
  return info(stream, status, id, graph, dependencies, nullptr, count);
}

GF_API cuStreamGetCaptureInfo(CUstream stream, CUstreamCaptureStatus *status, cuuint64_t *id) {
  return info(stream, status, id, nullptr, nullptr, nullptr, nullptr);
}

GF_API cuStreamUpdateCaptureDependencies_v2(CUstream handle, CUgraphNode *nodes,
                                            const CUgraphEdgeData *edges, size_t count,
                                            unsigned int flags) {
  Stream *stream;
  GF_TRY(enter(handle, &stream));
  GF_REQUIRE(flags <= CU_STREAM_SET_CAPTURE_DEPENDENCIES && (nodes || count == 0));
  if (!stream->capture)
    return CUDA_ERROR_ILLEGAL_STATE;
  if (stream->capture->invalidated)
    return CUDA_ERROR_STREAM_CAPTURE_INVALIDATED;
  std::vector<Dependency> asked;
  GF_TRY(read_dependencies(*stream->capture->graph, nodes, edges, count, &asked));
  auto &behind = stream->capture->tips[stream].behind;
  if (flags == CU_STREAM_SET_CAPTURE_DEPENDENCIES)
    behind.clear();
  for (const Dependency &dependency : asked)
    add_dependency(behind, dependency);
  return CUDA_SUCCESS;
}

GF_API cuStreamUpdateCaptureDependencies(CUstream stream, CUgraphNode *nodes, size_t count,
                                         unsigned int flags) {
  return cuStreamUpdateCaptureDependencies_v2(stream, nodes, nullptr, count, flags);
}

GF_API cuThreadExchangeStreamCaptureMode(CUstreamCaptureMode *mode) {
  GF_TRY(enter());
  GF_REQUIRE(mode && *mode <= CU_STREAM_CAPTURE_MODE_RELAXED);
  std::swap(*mode, thread_capture_mode());
  return CUDA_SUCCESS;
}
