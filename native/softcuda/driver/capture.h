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
  bool invalidated = false;
  /// For each stream drawn in: the nodes that its next node comes after.
  std::map<Stream *, std::vector<GraphNode *>> behind;

  GraphNode *add(Stream &stream, NodeWork work);
  /// Has all that other streams did come together in the origin?
  bool is_joined() const;
  /// Lets go of all streams.
  void release_streams();
};

CUresult capture_wait(Stream &stream, Event &event);
CUresult capture_record(Stream &stream, Event &event);
/// The address can be used at once in what is captured next.
CUresult capture_allocation(Stream &stream, size_t bytes, CUdeviceptr *address);
CUresult capture_free(Stream &stream, CUdeviceptr address);

} // namespace softcuda
