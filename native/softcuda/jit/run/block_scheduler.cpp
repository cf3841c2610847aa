#include "run/block_scheduler.h"

#include "run/lanes.h"
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

  context_.lane_run = std::min(kWarpSize, 1u << std::countr_zero(block.x));
  threads_ = block.x * block.y * block.z;
  warps_.resize((threads_ + kWarpSize - 1) / kWarpSize);
  slots_.resize(warps_.size());
  frames_.resize(warps_.size());
  uint32_t i = 0;
  for (uint32_t z = 0; z < block.z; ++z)
    for (uint32_t y = 0; y < block.y; ++y)
      for (uint32_t x = 0; x < block.x; ++x, ++i) {
        WarpSlots &slots = slots_[i / kWarpSize];
        slots.tid[0][i % kWarpSize] = x;
        slots.tid[1][i % kWarpSize] = y;
        slots.tid[2][i % kWarpSize] = z;
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
  live_threads_ = threads_;
  for (uint32_t w = 0; w < warps_.size(); ++w) {
    uint32_t lanes = std::min(kWarpSize, threads_ - w * kWarpSize);
    warps_[w] = {};
    warps_[w].live = warps_[w].runnable = lanes == kWarpSize ? ~0u : (1u << lanes) - 1;
    std::fill(std::begin(slots_[w].site), std::end(slots_[w].site), 0u);
    frames_[w] = allocate_frame();
  }
  started_ = true;
}

std::byte *ResidentBlock::allocate_frame() {
  uint64_t bytes = grid_->code.frame_bytes;
  void *frame = arena_.allocate(bytes);
  if (!frame) {
    OutsideKernel no_jump;
    if (arena_.grow(bytes * warps_.size()))
      frame = arena_.allocate(bytes);
  }
  if (!frame)
    leave_kernel(2, "no memory for the threads of a block");
  return static_cast<std::byte *>(frame);
}

// `lanes` are all at `site`. Those next to each other run side by side.
void ResidentBlock::run_lanes(uint32_t w, uint32_t site, uint32_t lanes) {
  while (lanes) {
    auto first = static_cast<uint32_t>(std::countr_zero(lanes));
    uint32_t last = first + static_cast<uint32_t>(std::countr_one(lanes >> first));
    grid_->code.regions(&context_, &slots_[w], frames_[w], site, first, last);
    lanes = last == kWarpSize ? 0 : lanes >> last << last;
  }
}

void ResidentBlock::note_waits(uint32_t w, uint32_t lanes) {
  Warp &warp = warps_[w];
  const WarpSlots &slots = slots_[w];
  while (lanes) {
    Wait wait = slots.wait[std::countr_zero(lanes)];
    uint32_t same = lanes & lanes_equal(slots.wait, wait);
    auto count = static_cast<uint32_t>(std::popcount(same));
    lanes &= ~same;
    switch (wait) {
    case Wait::Exited:
      warp.live &= ~same;
      live_threads_ -= count;
      break;
    case Wait::Running:
    case Wait::Yield:
      warp.runnable |= same;
      break;
    case Wait::Spin:
      warp.spinning |= same;
      break;
    case Wait::BlockBarrier:
      warp.at_block_barrier |= same;
      barriers_[0].arrived += count;
      used_barriers_ |= 1;
      break;
    case Wait::Barrier:
    case Wait::BarrierRed:
      for (; same; same &= same - 1)
        arrive(w, static_cast<uint32_t>(std::countr_zero(same)));
      break;
    default:
      warp.meeting |= same;
    }
  }
}

void ResidentBlock::arrive(uint32_t w, uint32_t lane) {
  const WarpSlots &slots = slots_[w];
  bool only_arrives = slots.key[lane] & kBarrierArrive;
  uint32_t index = slots.key[lane] & 0xff;
  if (index >= kBarrierCount)
    leave_kernel(719, "a barrier above 15");
  Barrier &barrier = barriers_[index];
  barrier.arrived += 1;
  barrier.expected = static_cast<uint32_t>(slots.argument[0][lane]);
  if (slots.wait[lane] == Wait::BarrierRed)
    barrier.votes += slots.argument[1][lane] != 0;
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
      for (uint32_t round = std::exchange(warp.runnable, 0); round;) {
        uint32_t site = slots_[w].site[std::countr_zero(round)];
        uint32_t group = round & lanes_equal(slots_[w].site, site);
        round &= ~group;
        run_lanes(w, site, group);
        note_waits(w, group);
      }
    }
    if (!warp.meeting || !settle(w, false))
      return ran;
  }
}

// Completes every meeting whose participants are all there. `leniently`: with those who are there.
bool ResidentBlock::settle(uint32_t w, bool leniently) {
  Warp &warp = warps_[w];
  WarpSlots &slots = slots_[w];
  bool completed = false;
  for (uint32_t open = warp.meeting; open;) {
    int first = std::countr_zero(open);
    Wait wait = slots.wait[first];
    uint32_t group =
        open & lanes_equal(slots.wait, wait) & lanes_equal(slots.key, slots.key[first]);
    if (wait != Wait::ActiveMask)
      group &= lanes_equal(slots.mask, slots.mask[first]);
    open &= ~group;
    bool complete = wait == Wait::ActiveMask ? (warp.spinning | warp.runnable) == 0
                                             : (slots.mask[first] & warp.live & ~group) == 0;
    if (!complete && !leniently)
      continue;
    complete_meeting(slots, group);
    warp.meeting &= ~group;
    warp.runnable |= group;
    completed = true;
    if (wait == Wait::ActiveMask || leniently)
      break; // one group at a time: the others may join it further on
  }
  return completed;
}

void ResidentBlock::release(uint32_t index) {
  Barrier &barrier = barriers_[index];
  for (uint32_t w = 0; w < warps_.size(); ++w) {
    Warp &warp = warps_[w];
    WarpSlots &slots = slots_[w];
    if (index == 0)
      warp.runnable |= std::exchange(warp.at_block_barrier, 0);
    for (uint32_t rest = warp.at_barrier; rest; rest &= rest - 1) {
      auto lane = static_cast<uint32_t>(std::countr_zero(rest));
      if ((slots.key[lane] & 0xff) != index)
        continue;
      uint64_t how = slots.argument[2][lane];
      if (slots.wait[lane] == Wait::BarrierRed)
        slots.result[0][lane] = how == 0   ? barrier.votes
                                : how == 1 ? barrier.votes == barrier.arrived
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
