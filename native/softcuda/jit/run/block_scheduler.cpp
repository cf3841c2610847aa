#include "run/block_scheduler.h"

#include "run/lanes.h"
#include "run/rendezvous.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <utility>

namespace softcuda::jit {
namespace {

/// For lanes of the same warp.
bool is_meeting(Wait wait) { return wait >= Wait::WarpSync; }

/// Operands that `site` knows, for `lanes`, which are there.
void write_constant_shuffle(WarpSlots &slots, uint32_t lanes, const Site &site) {
  if (site.shuffle == 0)
    return;
  for (; lanes; lanes &= lanes - 1) {
    auto lane = static_cast<uint32_t>(std::countr_zero(lanes));
    slots.argument[1][lane] = constant_shuffle_b(site.shuffle);
    slots.argument[2][lane] = constant_shuffle_c(site.shuffle);
  }
}

} // namespace

void ResidentBlock::prepare(Grid &grid, uint32_t rank, std::byte *shared) {
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
  const Dim3 &cluster = config.cluster;
  context_.cluster_nctarank = static_cast<uint32_t>(cluster.product());
  context_.cluster_ctarank = rank;
  context_.is_explicit_cluster = config.is_explicit_cluster;
  const uint32_t in_cluster[] = {cluster.x, cluster.y, cluster.z};
  for (uint32_t axis = 0, rest = rank; axis < 3; rest /= in_cluster[axis++]) {
    context_.cluster_nctaid[axis] = in_cluster[axis];
    context_.cluster_ctaid[axis] = rest % in_cluster[axis];
    context_.nclusterid[axis] = nctaid[axis] / in_cluster[axis];
  }
  context_.dynamic_shared_offset = grid.dynamic_shared_offset;
  context_.dynamic_shared_bytes = config.dynamic_shared_bytes;
  context_.total_shared_bytes = grid.total_shared_bytes;
  // null elsewhere: that is how programs tell that their blocks cannot wait for each other
  const uint64_t workspace = config.cooperative ? reinterpret_cast<uint64_t>(grid.grid_barrier) : 0;
  context_.envreg[1] = static_cast<uint32_t>(workspace >> 32);
  context_.envreg[2] = static_cast<uint32_t>(workspace);
  context_.reserved_shared_offset = kSharedStart + grid.own_shared_bytes();
  context_.shared = shared;
  if (grid.code.loop)
    return;

  uint32_t extent[3];
  for (uint32_t axis = 0; axis < 3; ++axis)
    extent[axis] = is_alike(grid.code.sites[0].key, axis) ? 1 : ntid[axis];
  context_.lane_run = std::min(kWarpSize, 1u << std::countr_zero(extent[0]));
  threads_ = extent[0] * extent[1] * extent[2];
  warps_.resize((threads_ + kWarpSize - 1) / kWarpSize);
  slots_.resize(warps_.size());
  frames_.resize(warps_.size());
  uint32_t i = 0;
  for (uint32_t z = 0; z < extent[2]; ++z)
    for (uint32_t y = 0; y < extent[1]; ++y)
      for (uint32_t x = 0; x < extent[0]; ++x, ++i) {
        WarpSlots &slots = slots_[i / kWarpSize];
        slots.tid[0][i % kWarpSize] = x;
        slots.tid[1][i % kWarpSize] = y;
        slots.tid[2][i % kWarpSize] = z;
      }
}

void ResidentBlock::begin(uint64_t index) {
  uint64_t rest = index;
  for (uint32_t axis = 0; axis < 3; rest /= context_.nclusterid[axis++]) {
    context_.clusterid[axis] = static_cast<uint32_t>(rest % context_.nclusterid[axis]);
    context_.ctaid[axis] =
        context_.clusterid[axis] * context_.cluster_nctaid[axis] + context_.cluster_ctaid[axis];
  }
  context_.sm_id = static_cast<uint32_t>(
      (index * context_.cluster_nctarank + context_.cluster_ctarank) % kMultiprocessors);
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
  waits_ = false;
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
  WarpSlots &slots = slots_[w];
  for (uint32_t rest = lanes; rest;) {
    auto first = static_cast<uint32_t>(std::countr_zero(rest));
    uint32_t last = first + static_cast<uint32_t>(std::countr_one(rest >> first));
    int end = grid_->code.regions(&context_, &slots, frames_[w], site, first, last);
    if (end >= 0)
      std::fill(slots.site + first, slots.site + last, static_cast<uint32_t>(end));
    rest = last == kWarpSize ? 0 : rest >> last << last;
  }
  note_waits(w, lanes);
}

// The same where `lanes` are all that live and lie next to each other: as long as they stay together and wait for
// nobody else, nothing needs to be noted down. `briefly`: to the first suspension only.
void ResidentBlock::run_in_step(uint32_t w, uint32_t site, uint32_t lanes, bool briefly) {
  WarpSlots &slots = slots_[w];
  auto first = static_cast<uint32_t>(std::countr_zero(lanes));
  auto last = static_cast<uint32_t>(std::bit_width(lanes));
  context_.is_brief = briefly;
  for (;;) {
    int end = grid_->code.regions(&context_, &slots, frames_[w], site, first, last);
    if (end < 0) {
      if ((lanes & ~lanes_equal(slots.site, slots.site[first])) != 0)
        return note_waits(w, lanes);
      end = static_cast<int>(slots.site[first]);
    }
    site = static_cast<uint32_t>(end);
    const Site &reached = grid_->code.sites[site];
    if (reached.wait == Wait::Pass)
      continue;
    bool meets = is_meeting(reached.wait) && reached.is_fixed && (~reached.mask & lanes) == 0;
    if (briefly || (!meets && reached.wait != Wait::Yield))
      break;
    if (meets) {
      write_constant_shuffle(slots, lanes, reached);
      complete_meeting(slots, lanes, reached.wait, reached.key);
    }
  }
  std::fill(slots.site + first, slots.site + last, site);
  note_wait(w, grid_->code.sites[site].wait, lanes);
}

void ResidentBlock::note_waits(uint32_t w, uint32_t lanes) {
  const WarpSlots &slots = slots_[w];
  while (lanes) {
    uint32_t site = slots.site[std::countr_zero(lanes)];
    uint32_t same = lanes & lanes_equal(slots.site, site);
    lanes &= ~same;
    note_wait(w, grid_->code.sites[site].wait, same);
  }
}

void ResidentBlock::note_wait(uint32_t w, Wait wait, uint32_t lanes) {
  Warp &warp = warps_[w];
  switch (wait) {
  case Wait::Exited:
    warp.live &= ~lanes;
    live_threads_ -= static_cast<uint32_t>(std::popcount(lanes));
    break;
  case Wait::Yield:
  case Wait::Pass:
    warp.runnable |= lanes;
    break;
  case Wait::Spin:
    warp.spinning |= lanes;
    break;
  case Wait::BlockBarrier:
    warp.at_block_barrier |= lanes;
    barriers_[0].arrived += static_cast<uint32_t>(std::popcount(lanes));
    used_barriers_ |= 1;
    break;
  case Wait::Barrier:
  case Wait::BarrierRed:
    for (; lanes; lanes &= lanes - 1)
      arrive(w, static_cast<uint32_t>(std::countr_zero(lanes)));
    break;
  default:
    warp.meeting |= lanes;
  }
}

/// What a lane waits for, with its own key and mask.
Site ResidentBlock::meeting_of(uint32_t w, uint32_t lane) const {
  const WarpSlots &slots = slots_[w];
  Site site = grid_->code.sites[slots.site[lane]];
  if (!site.is_fixed) {
    site.key = slots.key[lane];
    site.mask = slots.mask[lane];
  }
  return site;
}

void ResidentBlock::arrive(uint32_t w, uint32_t lane) {
  const WarpSlots &slots = slots_[w];
  const Site site = meeting_of(w, lane);
  bool only_arrives = site.key & kBarrierArrive;
  uint32_t index = site.key & 0xff;
  if (index >= kBarrierCount)
    leave_kernel(719, "a barrier above 15");
  Barrier &barrier = barriers_[index];
  barrier.arrived += 1;
  barrier.expected = static_cast<uint32_t>(slots.argument[0][lane]);
  if (site.wait == Wait::BarrierRed)
    barrier.votes += slots.argument[1][lane] != 0;
  used_barriers_ |= 1u << index;
  if (only_arrives)
    warps_[w].runnable |= 1u << lane;
  else
    warps_[w].at_barrier |= 1u << lane;
}

// Every runnable lane once, to where it suspends next.
void ResidentBlock::run_once(uint32_t w, bool briefly) {
  Warp &warp = warps_[w];
  const WarpSlots &slots = slots_[w];
  for (uint32_t round = std::exchange(warp.runnable, 0); round;) {
    uint32_t site = slots.site[std::countr_zero(round)];
    uint32_t group = round & lanes_equal(slots.site, site);
    round &= ~group;
    // one bit above a run of lanes; counting bits would be a call on the oldest x86-64
    const uint64_t above = (group >> std::countr_zero(group)) + uint64_t{1};
    const bool is_run = (above & (above - 1)) == 0;
    if (group == warp.live && is_run)
      run_in_step(w, site, group, briefly);
    else
      run_lanes(w, site, group);
  }
}

// Runs lanes until all of them wait for something that is not in this warp. True when any ran.
bool ResidentBlock::run_warp(uint32_t w) {
  Warp &warp = warps_[w];
  bool ran = false;
  for (;;) {
    while (warp.runnable) {
      ran = true;
      run_once(w, false);
    }
    if (!warp.meeting || !settle(w, false))
      return ran;
  }
}

// Lanes that met although their masks differ, or leave out themselves, see the votes of those in their own.
void ResidentBlock::keep_own_votes(uint32_t w, uint32_t lanes) {
  for (; lanes; lanes &= lanes - 1) {
    auto lane = static_cast<uint32_t>(std::countr_zero(lanes));
    const Site site = meeting_of(w, lane);
    if (static_cast<VoteMode>(site.key) == VoteMode::Ballot)
      slots_[w].result[0][lane] &= site.mask;
  }
}

// Completes every meeting whose participants are all there. `leniently`: with those who are there.
bool ResidentBlock::settle(uint32_t w, bool leniently) {
  Warp &warp = warps_[w];
  bool completed = false;
  for (uint32_t open = warp.meeting; open;) {
    const Site first = meeting_of(w, static_cast<uint32_t>(std::countr_zero(open)));
    const bool by_place = first.wait == Wait::ActiveMask;
    const uint32_t place = slots_[w].site[std::countr_zero(open)];
    uint32_t group = open & lanes_equal(slots_[w].site, place);
    if (!first.is_fixed && !leniently)
      group &= lanes_equal(slots_[w].key, first.key) & lanes_equal(slots_[w].mask, first.mask);
    for (uint32_t rest = open & ~group; rest; rest &= rest - 1) {
      auto lane = static_cast<uint32_t>(std::countr_zero(rest));
      const Site other = meeting_of(w, lane);
      if (other.wait == first.wait && other.key == first.key &&
          (by_place || leniently || other.mask == first.mask))
        group |= 1u << lane;
    }
    open &= ~group;
    bool complete =
        by_place ? (warp.spinning | warp.runnable) == 0 : (first.mask & warp.live) == group;
    if (!complete && !leniently)
      continue;
    if (first.wait == Wait::Shuffle)
      for (uint32_t rest = group; rest; rest &= rest - 1) { // lanes may be at different places
        auto lane = static_cast<uint32_t>(std::countr_zero(rest));
        write_constant_shuffle(slots_[w], 1u << lane, grid_->code.sites[slots_[w].site[lane]]);
      }
    complete_meeting(slots_[w], group, first.wait, first.key);
    if (leniently && first.wait == Wait::Vote)
      keep_own_votes(w, group);
    warp.meeting &= ~group;
    warp.runnable |= group;
    completed = true;
    if (by_place || leniently)
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
      const Site site = meeting_of(w, lane);
      if ((site.key & 0xff) != index)
        continue;
      uint64_t how = slots.argument[2][lane];
      if (site.wait == Wait::BarrierRed)
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
    if (index == kClusterBarrier && context_.cluster_nctarank > 1)
      continue; // whoever runs the cluster knows when all are there
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
  if (nobody_waits(grid_->code.sites[0].key)) {
    run_straight();
    return BlockOutcome::Done;
  }
  if (!started_)
    start_threads();
  bool woke_spinners = std::exchange(waits_, false), met = true, advanced = !woke_spinners;
  const uint32_t live_before = live_threads_;
  for (;;) {
    bool progress = false;
    // Behind a barrier, all read what is there before one goes on to change it: programs that forget the second
    // barrier of a reduction work on a GPU, whose warps advance together.
    if (met && warps_.size() > 1)
      for (uint32_t w = 0; w < warps_.size(); ++w) {
        progress |= warps_[w].runnable != 0;
        run_once(w, true);
      }
    met = false;
    for (uint32_t w = 0; w < warps_.size(); ++w)
      progress |= run_warp(w);
    progress &= !woke_spinners; // that lanes span once more is no progress
    if (live_threads_ == 0)
      return BlockOutcome::Done;
    woke_spinners = false;
    met = release_barriers();
    if (met) {
      advanced = true;
      continue;
    }
    bool any_spinning = false, any_completed = false;
    for (Warp &warp : warps_) {
      any_spinning |= warp.spinning != 0;
      warp.runnable |= std::exchange(warp.spinning, 0);
    }
    if (any_spinning) {
      woke_spinners = true;
      if (!progress) {
        waits_ = true;
        advanced |= live_threads_ != live_before;
        return advanced ? BlockOutcome::Advanced : BlockOutcome::Waiting;
      }
      continue;
    }
    // Nobody can go on by the rules. Hardware lets a meeting take place without lanes that went another way.
    for (uint32_t w = 0; w < warps_.size(); ++w)
      any_completed |= settle(w, true);
    if (!any_completed && context_.cluster_nctarank > 1 && at_cluster_barrier())
      return BlockOutcome::AtClusterBarrier;
    if (!any_completed)
      leave_kernel(719, "threads of a block wait for each other for ever");
  }
}

} // namespace softcuda::jit
