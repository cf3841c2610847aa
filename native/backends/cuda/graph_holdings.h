// Memory that graphs allocate, under the session's quota. Its addresses live as long as the graph or
// an executable made of it; nothing tells us when the last of these is gone but a user object.
#pragma once

#include "backends/cuda/call.h"

namespace gpuferry::cuda {

/// `bytes` set aside for an allocation node that is about to be added.
class GraphHolding {
public:
  GraphHolding(Call &call, uint64_t bytes);
  ~GraphHolding();
  GraphHolding(const GraphHolding &) = delete;
  GraphHolding &operator=(const GraphHolding &) = delete;

  /// False when that exceeds the quota.
  explicit operator bool() const { return is_within_; }

  /// The node was added to `graph`.
  void keep(CUgraph graph);

private:
  Call &call_;
  uint64_t bytes_;
  bool is_within_;
};

/// The graph that `stream` is being captured into; null where it is not.
CUgraph captured_graph(const Driver &driver, CUstream stream);

} // namespace gpuferry::cuda
