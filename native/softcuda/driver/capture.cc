#include "capture.h"

#include "capture_rules.h"
#include "graph_params.h"

#include <algorithm>
#include <unordered_set>

namespace softcuda {

std::atomic<unsigned> captures_under_way{0};

namespace {

std::atomic<uint64_t> next_capture_id{1};

struct Captures {
  std::mutex mutex;
  std::vector<Capture *> all;
};
Captures &captures() {
  static auto *instance = new Captures; // never destroyed: threads outlive exit handlers
  return *instance;
}

} // namespace

CUstreamCaptureMode &thread_capture_mode() {
  static thread_local CUstreamCaptureMode mode = CU_STREAM_CAPTURE_MODE_GLOBAL;
  return mode;
}

Capture::Capture(Stream &origin, Graph *graph, CUstreamCaptureMode mode, bool owns_graph)
    : origin(origin), graph(graph), mode(mode), owns_graph(owns_graph),
      thread(std::this_thread::get_id()), id(next_capture_id++) {
  std::lock_guard lock(captures().mutex);
  captures().all.push_back(this);
  captures_under_way++;
}

Capture::~Capture() {
  {
    std::lock_guard lock(captures().mutex);
    if (std::erase(captures().all, this))
      captures_under_way--;
  }
  if (owns_graph)
    delete graph;
}

Capture::Tip &Capture::draw_in(Stream &stream) {
  auto [tip, is_new] = tips.try_emplace(&stream);
  if (is_new && stream.blocking)
    stream.context.legacy_stream().captures_met++;
  return tip->second;
}

void add_dependency(std::vector<Dependency> &to, const Dependency &dependency) {
  if (std::none_of(to.begin(), to.end(),
                   [&](const Dependency &d) { return d.node == dependency.node; }))
    to.push_back(dependency);
}

GraphNode *Capture::add(Stream &stream, NodeWork work) {
  auto &behind = draw_in(stream).behind;
  GraphNode *node = graph->add(std::move(work), behind);
  node->context = &stream.context;
  behind = {{node}};
  return node;
}

bool Capture::is_joined() const {
  std::unordered_set<const GraphNode *> reached;
  auto at_origin = tips.find(&origin);
  std::vector<const GraphNode *> open;
  if (at_origin != tips.end())
    for (const Dependency &dependency : at_origin->second.behind)
      open.push_back(dependency.node);
  while (!open.empty()) {
    const GraphNode *node = open.back();
    open.pop_back();
    if (reached.insert(node).second)
      for (const Dependency &dependency : node->dependencies)
        open.push_back(dependency.node);
  }
  for (auto &[stream, tip] : tips)
    for (const Dependency &dependency : tip.behind)
      if (!reached.contains(dependency.node))
        return false;
  return true;
}

void Capture::release_streams() {
  auto held = origin.capture; // the last of them may be what keeps us alive
  {
    std::lock_guard lock(captures().mutex);
    if (std::erase(captures().all, this))
      captures_under_way--;
  }
  for (auto &[stream, tip] : tips) {
    if (!Stream::from(stream) || stream->capture.get() != this)
      continue;
    stream->capture.reset();
    if (stream->blocking)
      stream->context.legacy_stream().captures_met--;
  }
}

void Stream::leave_capture() {
  if (!capture)
    return;
  if (&capture->origin == this) {
    capture->invalidated = true;
    capture->release_streams();
    return;
  }
  if (blocking)
    context.legacy_stream().captures_met--;
  capture.reset();
}

// In a capture.

namespace {

template <class Add> CUresult into_capture(Stream &stream, Add add) {
  auto capture = stream.capture;
  if (capture->invalidated)
    return CUDA_ERROR_STREAM_CAPTURE_INVALIDATED;
  return add(*capture);
}

} // namespace

CUresult capture(Stream &stream, AnyWork work) {
  return into_capture(stream, [&](Capture &capture) {
    return std::visit(
        [&](auto &value) {
          using Work = std::decay_t<decltype(value)>;
          if constexpr (std::is_same_v<Work, std::monostate>)
            capture.add(stream, EmptyNode{});
          else if constexpr (std::is_same_v<Work, FreeWork>)
            return capture_free(stream, value.address);
          else
            capture.add(stream, std::move(value));
          return CUDA_SUCCESS;
        },
        work);
  });
}

CUresult capture_child(Stream &stream, std::shared_ptr<Graph> graph) {
  return into_capture(stream, [&](Capture &capture) {
    graph->parent = capture.graph;
    capture.add(stream, ChildNode{std::move(graph)});
    return CUDA_SUCCESS;
  });
}

CUresult capture_allocation(Stream &stream, size_t bytes, CUdeviceptr *address) {
  return into_capture(stream, [&](Capture &capture) {
    CUDA_MEM_ALLOC_NODE_PARAMS params{};
    params.poolProps.allocType = CU_MEM_ALLOCATION_TYPE_PINNED;
    params.poolProps.location = {CU_MEM_LOCATION_TYPE_DEVICE, stream.context.device.ordinal()};
    params.bytesize = bytes;
    GraphNode scratch(*capture.graph, EmptyNode{});
    scratch.context = &stream.context;
    if (CUresult result = set_allocation(scratch, params))
      return result;
    capture.add(stream, std::move(scratch.work));
    *address = params.dptr;
    return CUDA_SUCCESS;
  });
}

CUresult capture_free(Stream &stream, CUdeviceptr address) {
  return into_capture(stream, [&](Capture &capture) {
    GraphNode scratch(*capture.graph, EmptyNode{});
    if (CUresult result = set_free(scratch, address))
      return result;
    capture.add(stream, std::move(scratch.work));
    return CUDA_SUCCESS;
  });
}

CUresult capture_event_node(Stream &stream, Event &event, bool is_record) {
  return into_capture(stream, [&](Capture &capture) {
    capture.add(stream, EventNode{&event, is_record});
    return CUDA_SUCCESS;
  });
}

CUresult capture_record(Stream &stream, Event &event) {
  return into_capture(stream, [&](Capture &capture) {
    std::lock_guard lock(event.state->mutex);
    event.state->capture = stream.capture;
    event.state->captured_behind = capture.tips[&stream].behind;
    return CUDA_SUCCESS;
  });
}

CUresult capture_wait(Stream &stream, Event &event) {
  std::shared_ptr<Capture> from;
  std::vector<Dependency> behind;
  {
    std::lock_guard lock(event.state->mutex);
    from = event.state->capture.lock();
    behind = event.state->captured_behind;
  }
  if (!from || !from->origin.capture || from->origin.capture != from) {
    // Recorded before the capture began, or in one that has ended.
    if (!stream.capture)
      return CUDA_SUCCESS;
    stream.capture->invalidated = true;
    return CUDA_ERROR_STREAM_CAPTURE_ISOLATION;
  }
  if (from->invalidated)
    return CUDA_ERROR_STREAM_CAPTURE_INVALIDATED;
  if (&stream == &stream.context.legacy_stream()) {
    from->invalidated = true;
    return CUDA_ERROR_STREAM_CAPTURE_IMPLICIT;
  }
  if (stream.capture && stream.capture != from) {
    stream.capture->invalidated = from->invalidated = true;
    return CUDA_ERROR_STREAM_CAPTURE_MERGE;
  }
  auto &tip = from->draw_in(stream).behind;
  stream.capture = from;
  for (const Dependency &dependency : behind)
    add_dependency(tip, dependency);
  return CUDA_SUCCESS;
}

// What may not be done meanwhile. Whatever is refused spoils the captures that it would have met.

CUresult refuse_in_capture(Stream &stream) {
  if (stream.capture) {
    stream.capture->invalidated = true;
    return CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED;
  }
  return stream.meets_captures() ? refuse_implicit(stream) : CUDA_SUCCESS;
}

CUresult refuse_implicit(Stream &legacy) {
  legacy.context.for_each_stream([](Stream &stream) {
    if (stream.capture && stream.blocking)
      stream.capture->invalidated = true;
  });
  return CUDA_ERROR_STREAM_CAPTURE_IMPLICIT;
}

CUresult refuse_in_captures(Context &context) {
  bool met = false;
  context.for_each_stream([&met](Stream &stream) {
    if (!stream.capture)
      return;
    stream.capture->invalidated = true;
    met = true;
  });
  return met ? CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED : CUDA_SUCCESS;
}

CUresult refuse_captured(Event &event) {
  std::lock_guard lock(event.state->mutex);
  auto capture = event.state->capture.lock();
  if (!capture)
    return CUDA_SUCCESS;
  capture->invalidated = true;
  return CUDA_ERROR_CAPTURED_EVENT;
}

CUresult refuse_unsafe_slowly() {
  if (thread_capture_mode() == CU_STREAM_CAPTURE_MODE_RELAXED)
    return CUDA_SUCCESS;
  CUresult result = CUDA_SUCCESS;
  std::lock_guard lock(captures().mutex);
  for (Capture *capture : captures().all) {
    if (capture->mode == CU_STREAM_CAPTURE_MODE_RELAXED)
      continue;
    if (capture->thread != std::this_thread::get_id() &&
        (capture->mode != CU_STREAM_CAPTURE_MODE_GLOBAL ||
         thread_capture_mode() != CU_STREAM_CAPTURE_MODE_GLOBAL))
      continue;
    capture->invalidated = true;
    result = CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED;
  }
  return result;
}

} // namespace softcuda
