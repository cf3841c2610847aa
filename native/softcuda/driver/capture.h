// Stream capture: what is given to a captured stream becomes nodes of a graph.
//
// A capture begins in one stream, its origin. Waiting for an event that was recorded in a captured
// stream draws the waiting stream in. When the capture ends, everything must have come together
// again in the origin.
#pragma once

#include "graph.h"

#include <thread>

namespace softcuda {

class Capture {
public:
  Capture(Stream &origin, Graph *graph, CUstreamCaptureMode mode, bool owns_graph);
  ~Capture();

  Stream &origin;
  Graph *graph; // handed out by the end of the capture
  const CUstreamCaptureMode mode;
  const bool owns_graph; // not with cuStreamBeginCaptureToGraph
  const std::thread::id thread;
  const uint64_t id;
  std::atomic<bool> invalidated{false};

  /// What the next node of a stream comes after.
  struct Tip {
    std::vector<Dependency> behind;
    // As the application last asked for it, in the form in which it gets it.
    std::vector<CUgraphNode> nodes;
    std::vector<CUgraphEdgeData> edges;
  };
  std::map<Stream *, Tip> tips; // of each stream drawn in

  GraphNode *add(Stream &stream, NodeWork work);
  /// `stream` takes part from now on.
  Tip &draw_in(Stream &stream);
  /// Has all that other streams did come together in the origin?
  bool is_joined() const;
  /// Lets go of all streams.
  void release_streams();
};

/// Adds `dependency` unless its node is there already.
void add_dependency(std::vector<Dependency> &to, const Dependency &dependency);

CUresult capture_wait(Stream &stream, Event &event);
CUresult capture_record(Stream &stream, Event &event);
/// As a node of its own (CU_EVENT_RECORD_EXTERNAL, CU_EVENT_WAIT_EXTERNAL).
CUresult capture_event_node(Stream &stream, Event &event, bool is_record);
CUresult capture_child(Stream &stream, std::shared_ptr<Graph> graph);
/// The address can be used at once in what is captured next.
CUresult capture_allocation(Stream &stream, size_t bytes, CUdeviceptr *address);
CUresult capture_free(Stream &stream, CUdeviceptr address);

/// The error of a call on an event whose latest record is in a capture, which spoils that.
CUresult refuse_captured(Event &event);
/// As refuse_in_capture(), for a call that looks at every stream of `context`.
CUresult refuse_in_captures(Context &context);

/// This thread's cuThreadExchangeStreamCaptureMode.
CUstreamCaptureMode &thread_capture_mode();

} // namespace softcuda
