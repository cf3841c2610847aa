// The blocks that a worker runs together because they may read each other's shared memory: one, unless a launch or a
// kernel asks for clusters. All run on one CPU thread, so that accesses to shared memory take no lock here either.
#pragma once

#include "run/block_scheduler.h"
#include "run/shared_window.h"

#include <memory>

namespace softcuda::jit {

class ResidentCluster {
public:
  /// Prepares for `grid`; false when memory is short.
  bool prepare(Grid &grid);
  /// Makes this the cluster with linear index `index`, from its start.
  void begin(uint64_t index);
  /// Done, Waiting or Advanced.
  BlockOutcome run();
  void run_loop();

private:
  bool release_barrier();

  SharedWindow window_;
  std::vector<std::unique_ptr<ResidentBlock>> blocks_; // more than there are, maybe
  uint32_t count_ = 0;
  uint32_t done_ = 0; // bit set
};

} // namespace softcuda::jit
