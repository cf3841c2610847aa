#include "capture.h"

#include "graph_params.h"

#include <algorithm>
#include <unordered_set>

namespace softcuda {

namespace {
std::atomic<uint64_t> next_capture_id{1};
}

Capture::Capture(Stream &origin, Graph *graph, CUstreamCaptureMode mode, bool owns_graph)
    : origin(origin), graph(graph), mode(mode), owns_graph(owns_graph),
      thread(std::this_thread::get_id()), id(next_capture_id++) {}

Capture::~Capture() {
  if (owns_graph)
    delete graph;
}

GraphNode *Capture::add(Stream &stream, NodeWork work) {
  auto &tips = behind[&stream];
  GraphNode *node = graph->add(std::move(work), tips);
  tips = {node};
  return node;
}

bool Capture::is_joined() const {
  std::unordered_set<const GraphNode *> reached;
  auto at_origin = behind.find(&origin);
  std::vector<const GraphNode *> open;
  if (at_origin != behind.end())
    open.assign(at_origin->second.begin(), at_origin->second.end());
  while (!open.empty()) {
    const GraphNode *node = open.back();
    open.pop_back();
    if (reached.insert(node).second)
      open.insert(open.end(), node->dependencies.begin(), node->dependencies.end());
  }
  for (auto &[stream, tips] : behind)
    for (const GraphNode *tip : tips)
      if (!reached.contains(tip))
        return false;
  return true;
}

void Capture::release_streams() {
  auto held = origin.capture; // the last of them may be what keeps us alive
  for (auto &[stream, tips] : behind)
    if (Stream::from(stream) && stream->capture.get() == this)
      stream->capture.reset();
  origin.capture.reset();
}

CUresult capture(Stream &stream, AnyWork work) {
  auto capture = stream.capture;
  if (capture->invalidated)
    return CUDA_ERROR_STREAM_CAPTURE_INVALIDATED;
  std::visit(
      [&](auto &value) {
        using Work = std::decay_t<decltype(value)>;
        GraphNode *node;
        if constexpr (std::is_same_v<Work, std::monostate>)
          node = capture->add(stream, EmptyNode{});
        else if constexpr (std::is_same_v<Work, FreeWork>)
          node = capture->add(stream, FreeNode{value.address});
        else
          node = capture->add(stream, std::move(value));
        node->context = &stream.context;
      },
      work);
  return CUDA_SUCCESS;
}

CUresult refuse_in_capture(Stream &stream) {
  if (!stream.capture)
    return CUDA_SUCCESS;
  stream.capture->invalidated = true;
  return CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED;
}

CUresult capture_allocation(Stream &stream, size_t bytes, CUdeviceptr *address) {
  if (stream.capture->invalidated)
    return CUDA_ERROR_STREAM_CAPTURE_INVALIDATED;
  CUDA_MEM_ALLOC_NODE_PARAMS params{};
  params.poolProps.allocType = CU_MEM_ALLOCATION_TYPE_PINNED;
  params.poolProps.location = {CU_MEM_LOCATION_TYPE_DEVICE, stream.context.device.ordinal()};
  params.bytesize = bytes;
  GraphNode *node = stream.capture->add(stream, EmptyNode{});
  CUresult result = set_allocation(*node, params);
  *address = params.dptr;
  return result;
}

CUresult capture_free(Stream &stream, CUdeviceptr address) {
  if (stream.capture->invalidated)
    return CUDA_ERROR_STREAM_CAPTURE_INVALIDATED;
  return set_free(*stream.capture->add(stream, EmptyNode{}), address);
}

CUresult capture_record(Stream &stream, Event &event) {
  auto capture = stream.capture;
  if (capture->invalidated)
    return CUDA_ERROR_STREAM_CAPTURE_INVALIDATED;
  std::lock_guard lock(event.state->mutex);
  event.state->capture = capture;
  event.state->captured_behind = capture->behind[&stream];
  return CUDA_SUCCESS;
}

CUresult capture_wait(Stream &stream, Event &event) {
  std::shared_ptr<Capture> from;
  std::vector<GraphNode *> behind;
  {
    std::lock_guard lock(event.state->mutex);
    from = event.state->capture.lock();
    behind = event.state->captured_behind;
  }
  if (!from) { // recorded before the capture began
    stream.capture->invalidated = true;
    return CUDA_ERROR_STREAM_CAPTURE_ISOLATION;
  }
  if (from->invalidated)
    return CUDA_ERROR_STREAM_CAPTURE_INVALIDATED;
  if (&stream == &stream.context.legacy_stream())
    return CUDA_ERROR_STREAM_CAPTURE_IMPLICIT;
  if (stream.capture && stream.capture != from) {
    stream.capture->invalidated = from->invalidated = true;
    return CUDA_ERROR_STREAM_CAPTURE_MERGE;
  }
  stream.capture = from;
  auto &tips = from->behind[&stream];
  for (GraphNode *node : behind)
    if (std::find(tips.begin(), tips.end(), node) == tips.end())
      tips.push_back(node);
  return CUDA_SUCCESS;
}

} // namespace softcuda
