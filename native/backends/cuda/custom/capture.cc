// Stream capture. What the driver is told of modes and threads: capture_watch.h.
#include "backends/cuda/call.h"
#include "backends/cuda/dependencies.h"

#include <cstring>

namespace gpuferry::cuda {

CUresult custom_cuThreadExchangeStreamCaptureMode(Call &call) {
  const auto *args = call.args<gf_cuThreadExchangeStreamCaptureMode_args>();
  if (!args)
    return call.poisoned();
  if (args->mode > CU_STREAM_CAPTURE_MODE_RELAXED)
    return CUDA_ERROR_INVALID_VALUE;
  // The mode is the guest thread's; whichever thread issues its next call puts it in place.
  auto *reply = call.reply<gf_cuThreadExchangeStreamCaptureMode_reply>();
  reply->mode = static_cast<uint32_t>(call.lane().capture_mode);
  call.lane().capture_mode = static_cast<CUstreamCaptureMode>(args->mode);
  return CUDA_SUCCESS;
}

namespace {

template <class Begin>
CUresult begin(Call &call, uint64_t guest_stream, uint32_t mode, Begin native) {
  CUstream stream = nullptr;
  if (const CUresult error = call.resolve(GF_KIND_STREAM, guest_stream, &stream))
    return error;
  if (mode > CU_STREAM_CAPTURE_MODE_RELAXED)
    return CUDA_ERROR_INVALID_VALUE;
  const CUresult result = native(stream, CU_STREAM_CAPTURE_MODE_RELAXED);
  if (result == CUDA_SUCCESS) {
    call.session().captures.begun(stream, static_cast<CUstreamCaptureMode>(mode), call.lane());
    call.session().meter.capture_begins();
  }
  return result;
}

} // namespace

CUresult custom_cuStreamBeginCapture_v2(Call &call) {
  const auto *args = call.args<gf_cuStreamBeginCapture_v2_args>();
  if (!args)
    return call.poisoned();
  return begin(call, args->stream, args->mode, call.driver().cuStreamBeginCapture_v2);
}

CUresult custom_cuStreamBeginCaptureToGraph(Call &call) {
  const auto *args = call.args<gf_cuStreamBeginCaptureToGraph_args>();
  if (!args)
    return call.poisoned();
  auto *native = call.driver().cuStreamBeginCaptureToGraph;
  if (!native)
    return call.missing("cuStreamBeginCaptureToGraph");
  Dependencies behind;
  if (const CUresult error = behind.take(call, args->dependency_count, args->has_edges))
    return error;
  CUgraph graph = nullptr;
  if (const CUresult error = call.resolve(GF_KIND_GRAPH, args->graph, &graph))
    return error;
  return begin(call, args->stream, args->mode, [&](CUstream stream, CUstreamCaptureMode mode) {
    return native(stream, graph, behind.nodes.data(), behind.edges, behind.nodes.size(), mode);
  });
}

CUresult custom_cuStreamEndCapture(Call &call) {
  const auto *args = call.args<gf_cuStreamEndCapture_args>();
  if (!args)
    return call.poisoned();
  CUstream stream = nullptr;
  if (const CUresult error = call.resolve(GF_KIND_STREAM, args->stream, &stream))
    return error;
  auto *reply = call.reply<gf_cuStreamEndCapture_reply>();
  const Driver &driver = call.driver();
  CaptureWatch &captures = call.session().captures;
  const auto capture = captures.find(stream);
  if (capture && capture->mode != CU_STREAM_CAPTURE_MODE_RELAXED && capture->lane != &call.lane())
    return CUDA_ERROR_STREAM_CAPTURE_WRONG_THREAD;
  CUgraph graph = nullptr;
  const CUresult result = driver.cuStreamEndCapture(stream, args->wants_graph ? &graph : nullptr);
  CUstreamCaptureStatus status = CU_STREAM_CAPTURE_STATUS_NONE;
  driver.cuStreamIsCapturing(stream, &status);
  if (capture && status == CU_STREAM_CAPTURE_STATUS_NONE) {
    captures.ended(stream);
    call.session().meter.capture_ends();
  }
  reply->graph = call.adopt(GF_KIND_GRAPH, graph);
  return result;
}

CUresult custom_cuStreamGetCaptureInfo_v3(Call &call) {
  const auto *args = call.args<gf_cuStreamGetCaptureInfo_v3_args>();
  if (!args)
    return call.poisoned();
  CUstream stream = nullptr;
  if (const CUresult error = call.resolve(GF_KIND_STREAM, args->stream, &stream))
    return error;
  auto *reply = call.reply<gf_cuStreamGetCaptureInfo_v3_reply>();
  const Driver &driver = call.driver();
  CUstreamCaptureStatus status{};
  cuuint64_t id = 0;
  CUgraph graph = nullptr;
  const CUgraphNode *nodes = nullptr;
  const CUgraphNode **wanted = args->wants & GF_CAPTURE_NODES ? &nodes : nullptr;
  const CUgraphEdgeData *edges = nullptr;
  size_t count = 0;
  CUresult result = CUDA_ERROR_NOT_SUPPORTED;
  // Who does not ask for edge data is told by the driver where there is some.
  if (driver.cuStreamGetCaptureInfo_v3)
    result =
        driver.cuStreamGetCaptureInfo_v3(stream, &status, &id, &graph, wanted,
                                         args->wants & GF_CAPTURE_EDGES ? &edges : nullptr, &count);
  else if (driver.cuStreamGetCaptureInfo_v2)
    result = driver.cuStreamGetCaptureInfo_v2(stream, &status, &id, &graph, wanted, &count);
  else
    return call.missing("cuStreamGetCaptureInfo_v3");
  if (result != CUDA_SUCCESS)
    return result;
  reply->status = static_cast<uint32_t>(status);
  if (status != CU_STREAM_CAPTURE_STATUS_ACTIVE)
    return CUDA_SUCCESS;
  reply->id = id;
  reply->graph = call.adopt(GF_KIND_GRAPH, graph);
  reply->dependency_count = count;
  if (!nodes)
    return CUDA_SUCCESS;
  auto *handles = call.reply_tail_array<uint64_t>(count);
  if (!handles)
    return CUDA_ERROR_OUT_OF_MEMORY;
  for (size_t i = 0; i < count; ++i)
    handles[i] = call.adopt(GF_KIND_GRAPH_NODE, nodes[i], reply->graph);
  if (!edges)
    return CUDA_SUCCESS;
  auto *data = call.reply_tail_array<CUgraphEdgeData>(count);
  if (!data)
    return CUDA_ERROR_OUT_OF_MEMORY;
  std::memcpy(data, edges, count * sizeof *edges);
  reply->has_edges = 1;
  return CUDA_SUCCESS;
}

CUresult custom_cuStreamUpdateCaptureDependencies_v2(Call &call) {
  const auto *args = call.args<gf_cuStreamUpdateCaptureDependencies_v2_args>();
  if (!args)
    return call.poisoned();
  Dependencies asked;
  if (const CUresult error = asked.take(call, args->dependency_count, args->has_edges))
    return error;
  CUstream stream = nullptr;
  if (const CUresult error = call.resolve(GF_KIND_STREAM, args->stream, &stream))
    return error;
  const Driver &driver = call.driver();
  if (driver.cuStreamUpdateCaptureDependencies_v2)
    return driver.cuStreamUpdateCaptureDependencies_v2(stream, asked.nodes.data(), asked.edges,
                                                       asked.nodes.size(), args->flags);
  if (driver.cuStreamUpdateCaptureDependencies && !asked.edges)
    return driver.cuStreamUpdateCaptureDependencies(stream, asked.nodes.data(), asked.nodes.size(),
                                                    args->flags);
  return call.missing("cuStreamUpdateCaptureDependencies_v2");
}

} // namespace gpuferry::cuda
