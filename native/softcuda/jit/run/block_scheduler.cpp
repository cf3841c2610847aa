#include "run/block_scheduler.h"

#include "run/rendezvous.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <utility>

namespace softcuda::jit {

bool ResidentBlock::prepare(Grid &grid) {
  grid_ = &grid;
  const LaunchConfig &config = grid.config;
  context_ = {};
  context_.params = config.params.data();
  context_.frames = &arena_;
  context_.grid = &grid;
  context_.grid_id = grid.grid_id;
  const Dim3 &block = config.block, &blocks = config.grid;
  uint32_t ntid[] = {block.x, block.y, block.z}, nctaid[] = {blocks.x, blocks.y, blocks.z};
  std::memcpy(context_.ntid, ntid, sizeof ntid);
  std::memcpy(context_.nctaid, nctaid, sizeof nctaid);
  context_.dynamic_shared_offset = grid.dynamic_shared_offset;
  context_.dynamic_shared_bytes = config.dynamic_shared_bytes;
  context_.total_shared_bytes = grid.total_shared_bytes;
  auto workspace = reinterpret_cast<uint64_t>(grid.grid_barrier);
  context_.envreg[1] = static_cast<uint32_t>(workspace >> 32);
  context_.envreg[2] = static_cast<uint32_t>(workspace);
  context_.reserved_shared_offset = (grid.total_shared_bytes + 15) / 16 * 16;
  bool needs_reserved = !grid.code.loop; // only code that synchronises uses it
  if (!window_.resize(needs_reserved ? context_.reserved_shared_offset + kReservedSharedBytes
                                     : grid.total_shared_bytes))
    return false;
  context_.shared = window_.base();
  if (grid.code.loop)
    return true;

  uint32_t threads = block.x * block.y * block.z;
  slots_.resize(threads);
  coroutines_.resize(threads);
  warps_.resize((threads + kWarpSize - 1) / kWarpSize);
  uint32_t i = 0;
  for (uint32_t z = 0; z < block.z; ++z)
    for (uint32_t y = 0; y < block.y; ++y)
      for (uint32_t x = 0; x < block.x; ++x, ++i) {
        slots_[i].tid[0] = x;
        slots_[i].tid[1] = y;
        slots_[i].tid[2] = z;
      }
  return true;
}

void ResidentBlock::begin(uint64_t index) {
  const Dim3 &blocks = grid_->config.grid;
  context_.ctaid[0] = static_cast<uint32_t>(index % blocks.x);
  context_.ctaid[1] = static_cast<uint32_t>(index / blocks.x % blocks.y);
  context_.ctaid[2] = static_cast<uint32_t>(index / blocks.x / blocks.y);
  context_.sm_id = static_cast<uint32_t>(index % kMultiprocessors);
  started_ = false;
}

void ResidentBlock::start_threads() {
  arena_.reset();
  std::fill(std::begin(barriers_), std::end(barriers_), Barrier{});
  used_barriers_ = 0;
  live_threads_ = static_cast<uint32_t>(slots_.size());
  for (uint32_t w = 0; w < warps_.size(); ++w) {
    uint32_t lanes = std::min(kWarpSize, live_threads_ - w * kWarpSize);
    warps_[w] = {};
    warps_[w].live = lanes == kWarpSize ? ~0u : (1u << lanes) - 1;
  }
  started_ = true;
  for (uint32_t w = 0; w < warps_.size(); ++w) {
    uint32_t lanes = static_cast<uint32_t>(std::bit_width(warps_[w].live));
    for (uint32_t lane = 0; lane < lanes; ++lane) {
      uint32_t thread = w * kWarpSize + lane;
      coroutines_[thread] = grid_->code.start(&context_, &slots_[thread]);
      note_wait(w, lane);
    }
  }
}

void ResidentBlock::note_wait(uint32_t w, uint32_t lane) {
  Warp &warp = warps_[w];
  uint32_t bit = 1u << lane;
  switch (slots_[w * kWarpSize + lane].wait) {
  case Wait::Exited:
    warp.live &= ~bit;
    --live_threads_;
    break;
  case Wait::Running:
  case Wait::Yield:
    warp.runnable |= bit;
    break;
  case Wait::Spin:
    warp.spinning |= bit;
    break;
  case Wait::BlockBarrier:
    warp.at_block_barrier |= bit;
    barriers_[0].arrived += 1;
    used_barriers_ |= 1;
    break;
  case Wait::Barrier:
  case Wait::BarrierRed:
    arrive(w, lane);
    break;
  default:
    warp.meeting |= bit;
  }
}

void ResidentBlock::arrive(uint32_t w, uint32_t lane) {
  ThreadSlot &slot = slots_[w * kWarpSize + lane];
  bool only_arrives = slot.key & kBarrierArrive;
  uint32_t index = slot.key & 0xff;
  if (index >= kBarrierCount)
    leave_kernel(719, "a barrier above 15");
  Barrier &barrier = barriers_[index];
  barrier.arrived += 1;
  barrier.expected = static_cast<uint32_t>(slot.argument[0]);
  if (slot.wait == Wait::BarrierRed)
    barrier.votes += slot.argument[1] != 0;
  used_barriers_ |= 1u << index;
  if (only_arrives)
    warps_[w].runnable |= 1u << lane;
  else
    warps_[w].at_barrier |= 1u << lane;
}

// Runs lanes until all of them wait for something that is not in this warp. True when any ran.
bool ResidentBlock::run_warp(uint32_t w) {
  Warp &warp = warps_[w];
  bool ran = false;
  for (;;) {
    while (warp.runnable) {
      ran = true;
      uint32_t round = std::exchange(warp.runnable, 0), at_barrier = 0;
      const ThreadSlot *slots = &slots_[w * kWarpSize];
      Coroutine *const *coroutines = &coroutines_[w * kWarpSize];
      for (; round; round &= round - 1) {
        uint32_t lane = static_cast<uint32_t>(std::countr_zero(round));
        coroutines[lane]->resume(coroutines[lane]);
        if (slots[lane].wait == Wait::BlockBarrier)
          at_barrier |= 1u << lane; // counted once for all
        else
          note_wait(w, lane);
      }
      if (at_barrier) {
        warp.at_block_barrier |= at_barrier;
        barriers_[0].arrived += static_cast<uint32_t>(std::popcount(at_barrier));
        used_barriers_ |= 1;
      }
    }
    if (!warp.meeting || !settle(w, false))
      return ran;
  }
}

// Completes every meeting whose participants are all there. `leniently`: with those who are there.
bool ResidentBlock::settle(uint32_t w, bool leniently) {
  Warp &warp = warps_[w];
  ThreadSlot *slots = &slots_[w * kWarpSize];
  bool completed = false;
  for (uint32_t open = warp.meeting; open;) {
    const ThreadSlot &first = slots[std::countr_zero(open)];
    uint32_t group = 0;
    for (uint32_t rest = open; rest; rest &= rest - 1) {
      uint32_t lane = static_cast<uint32_t>(std::countr_zero(rest));
      const ThreadSlot &slot = slots[lane];
      if (slot.wait == first.wait && slot.key == first.key &&
          (slot.mask == first.mask || first.wait == Wait::ActiveMask))
        group |= 1u << lane;
    }
    open &= ~group;
    bool complete = first.wait == Wait::ActiveMask ? (warp.spinning | warp.runnable) == 0
                                                   : (first.mask & warp.live & ~group) == 0;
    if (!complete && !leniently)
      continue;
    complete_meeting(slots, group);
    warp.meeting &= ~group;
    warp.runnable |= group;
    completed = true;
    if (first.wait == Wait::ActiveMask || leniently)
      break; // one group at a time: the others may join it further on
  }
  return completed;
}

void ResidentBlock::release(uint32_t index) {
  Barrier &barrier = barriers_[index];
  for (uint32_t w = 0; w < warps_.size(); ++w) {
    Warp &warp = warps_[w];
    if (index == 0)
      warp.runnable |= std::exchange(warp.at_block_barrier, 0);
    for (uint32_t rest = warp.at_barrier; rest; rest &= rest - 1) {
      uint32_t lane = static_cast<uint32_t>(std::countr_zero(rest));
      ThreadSlot &slot = slots_[w * kWarpSize + lane];
      if ((slot.key & 0xff) != index)
        continue;
      if (slot.wait == Wait::BarrierRed)
        slot.result[0] = slot.argument[2] == 0   ? barrier.votes
                         : slot.argument[2] == 1 ? barrier.votes == barrier.arrived
                                                 : barrier.votes != 0;
      warp.at_barrier &= ~(1u << lane);
      warp.runnable |= 1u << lane;
    }
  }
  barrier = {};
  used_barriers_ &= ~(1u << index);
}

bool ResidentBlock::release_barriers() {
  bool released = false;
  for (uint32_t rest = used_barriers_; rest; rest &= rest - 1) {
    uint32_t index = static_cast<uint32_t>(std::countr_zero(rest));
    const Barrier &barrier = barriers_[index];
    // Exited threads do not count; a count that is rounded up to whole warps may exceed the threads there are.
    uint32_t needed = barrier.expected ? std::min(barrier.expected, live_threads_) : live_threads_;
    if (barrier.arrived >= needed) {
      release(index);
      released = true;
    }
  }
  return released;
}

BlockOutcome ResidentBlock::run() {
  if (!started_)
    start_threads();
  bool woke_spinners = false;
  for (;;) {
    bool progress = false;
    for (uint32_t w = 0; w < warps_.size(); ++w)
      progress |= run_warp(w);
    progress &= !woke_spinners; // that lanes span once more is no progress
    if (live_threads_ == 0)
      return BlockOutcome::Done;
    woke_spinners = false;
    if (release_barriers())
      continue;
    bool any_spinning = false, any_completed = false;
    for (Warp &warp : warps_) {
      any_spinning |= warp.spinning != 0;
      warp.runnable |= std::exchange(warp.spinning, 0);
    }
    if (any_spinning) {
      woke_spinners = true;
      if (!progress)
        return BlockOutcome::Waiting;
      continue;
    }
    // Nobody can go on by the rules. Hardware lets a meeting take place without lanes that went another way.
    for (uint32_t w = 0; w < warps_.size(); ++w)
      any_completed |= settle(w, true);
    if (!any_completed)
      leave_kernel(719, "threads of a block wait for each other for ever");
  }
}

} // namespace softcuda::jit
