#include "run/cluster.h"

namespace softcuda::jit {

bool ResidentCluster::prepare(Grid &grid) {
  count_ = static_cast<uint32_t>(grid.config.cluster.product());
  const bool needs_reserved = !grid.code.loop; // only code that synchronises uses it
  if (!window_.resize(count_,
                      grid.own_shared_bytes() + (needs_reserved ? kReservedSharedBytes : 0)))
    return false;
  while (blocks_.size() < count_)
    blocks_.push_back(std::make_unique<ResidentBlock>());
  for (uint32_t rank = 0; rank < count_; ++rank)
    blocks_[rank]->prepare(grid, rank, window_.base(rank));
  return true;
}

void ResidentCluster::begin(uint64_t index) {
  done_ = 0;
  for (uint32_t rank = 0; rank < count_; ++rank)
    blocks_[rank]->begin(index);
}

void ResidentCluster::run_loop() {
  for (uint32_t rank = 0; rank < count_; ++rank)
    blocks_[rank]->run_loop();
}

BlockOutcome ResidentCluster::run() {
  if (count_ == 1)
    return blocks_[0]->run();
  bool advanced = false;
  for (;;) {
    bool any_waits = false;
    for (uint32_t rank = 0; rank < count_; ++rank) {
      if (done_ >> rank & 1)
        continue;
      const BlockOutcome outcome = blocks_[rank]->run();
      advanced |= outcome == BlockOutcome::Advanced || outcome == BlockOutcome::Done;
      any_waits |= outcome == BlockOutcome::Waiting || outcome == BlockOutcome::Advanced;
      if (outcome == BlockOutcome::Done)
        done_ |= 1u << rank;
    }
    if (done_ == (1u << count_) - 1)
      return BlockOutcome::Done;
    if (release_barrier()) {
      advanced = true;
      continue;
    }
    if (!any_waits)
      leave_kernel(719, "blocks of a cluster wait for each other for ever");
    return advanced ? BlockOutcome::Advanced : BlockOutcome::Waiting;
  }
}

// Threads that have ended do not count.
bool ResidentCluster::release_barrier() {
  for (uint32_t rank = 0; rank < count_; ++rank)
    if (!(done_ >> rank & 1) && blocks_[rank]->at_cluster_barrier() < blocks_[rank]->live_threads())
      return false;
  for (uint32_t rank = 0; rank < count_; ++rank)
    if (!(done_ >> rank & 1))
      blocks_[rank]->release_cluster_barrier();
  return true;
}

} // namespace softcuda::jit
