// Runs the threads of one block where they synchronise: lanes until they wait, warps until all their lanes wait, then
// whatever they wait for is done and they go on.
#pragma once

#include "run/frame_arena.h"
#include "run/grid.h"

namespace softcuda::jit {

enum class BlockOutcome : uint8_t {
  Done,
  Waiting,  // every live thread waits for something outside the block: let another block run
  Advanced, // likewise, but some came further before
  AtClusterBarrier, // none can go on before the cluster's barrier
};

class ResidentBlock {
public:
  /// Prepares for `grid`, as the `rank`th block of its cluster, whose window of shared memory begins at `shared`.
  void prepare(Grid &grid, uint32_t rank, std::byte *shared);
  /// Makes this a block of the cluster with linear index `index`, from its start.
  void begin(uint64_t index);
  BlockOutcome run();
  void run_loop() { grid_->code.loop(&context_); }

  uint32_t live_threads() const { return live_threads_; }
  uint32_t at_cluster_barrier() const { return barriers_[kClusterBarrier].arrived; }
  void release_cluster_barrier() { release(kClusterBarrier); }

private:
  struct Warp {
    uint32_t live = 0;
    uint32_t runnable = 0;
    uint32_t spinning = 0;
    uint32_t meeting = 0;          // wait for other lanes of the warp
    uint32_t at_block_barrier = 0; // wait for barrier 0, plainly
    uint32_t at_barrier = 0;       // wait for whatever barrier their slot says
  };
  struct Barrier {
    uint32_t arrived = 0;
    uint32_t expected = 0; // 0: all threads
    uint32_t votes = 0;
  };

  void run_straight();
  void run_scattered(WarpSlots &slots, std::byte *frame, uint32_t live);
  void start_threads();
  std::byte *allocate_frame();
  bool run_warp(uint32_t warp);
  void run_lanes(uint32_t warp, uint32_t site, uint32_t lanes);
  void run_in_step(uint32_t warp, uint32_t site, uint32_t lanes, bool briefly);
  void run_once(uint32_t warp, bool briefly);
  void note_waits(uint32_t warp, uint32_t lanes);
  void note_wait(uint32_t warp, Wait wait, uint32_t lanes);
  Site meeting_of(uint32_t warp, uint32_t lane) const;
  bool settle(uint32_t warp, bool leniently);
  void keep_own_votes(uint32_t warp, uint32_t lanes);
  void arrive(uint32_t warp, uint32_t lane);
  bool release_barriers();
  void release(uint32_t barrier);

  Grid *grid_ = nullptr;
  BlockContext context_{};
  FrameArena arena_;
  std::vector<WarpSlots> slots_;
  std::vector<std::byte *> frames_;
  std::vector<Warp> warps_;
  Barrier barriers_[kBarrierCount];
  uint32_t used_barriers_ = 0; // bit set of those with arrivals
  uint32_t threads_ = 0;
  uint32_t live_threads_ = 0;
  bool started_ = false;
  bool waits_ = false; // all that is runnable only looks again for what it waits for
};

} // namespace softcuda::jit
