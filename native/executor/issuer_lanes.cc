// The issuer's lanes: finding the frame that is next, opening and closing.
#include "executor/issuer.h"
#include "executor/lane_threads.h"

#include <algorithm>
#include <string>

namespace gpuferry::executor {

unsigned Issuer::lanes_in_use() const {
  return std::min(gf_load_acquire(&region_.header()->lanes_in_use), GF_LANE_COUNT);
}

/// The lane whose first frame carries the next ticket. Opens and closes lanes on the way.
Issuer::Lane *Issuer::next_lane() {
  // Most calls come from the thread that made the last one.
  Lane &last = *lanes_[last_lane_];
  if (last.open && carries_next(last))
    return &last;
  const unsigned in_use = lanes_in_use();
  for (unsigned i = 0; i < in_use; ++i) {
    Lane &lane = *lanes_[i];
    if (lane.elsewhere.load(std::memory_order_acquire))
      continue;
    const uint32_t state = gf_load_acquire(&lane.shared->state);
    if (!lane.open) {
      if (state ==
          GF_LANE_FREE) // closed already and not looked at yet: its frames are to be issued
        continue;
      open(i);
      if (!lane.open)
        continue;
    }
    if (carries_next(lane)) {
      last_lane_ = i;
      return &lane;
    }
    if (state == GF_LANE_CLOSING)
      close_if_drained(lane);
  }
  return nullptr;
}

bool Issuer::guest_is_on(uint32_t cpu) const {
  const unsigned in_use = lanes_in_use();
  for (unsigned i = 0; i < in_use; ++i) {
    if (lanes_[i]->open && gf_load_relaxed(&lanes_[i]->shared->guest_cpu) == cpu)
      return true;
  }
  return false;
}

bool Issuer::carries_next(Lane &lane) {
  if (lane.busy.load(std::memory_order_acquire))
    return false;
  switch (lane.consumer.look()) {
  case ring::Look::empty:
    return false;
  case ring::Look::malformed:
    poison("head or frame size of a lane is impossible");
    return false;
  case ring::Look::ready:
    break;
  }
  const uint64_t ticket = lane.consumer.frame().ticket;
  if (ticket < next_ticket_)
    poison("ticket " + std::to_string(ticket) + " was issued before");
  return ticket == next_ticket_;
}

void Issuer::open(unsigned index) {
  Lane &lane = *lanes_[index];
  const uint32_t kind = gf_load_relaxed(&lane.shared->kind);
  if (kind == GF_LANE_KIND_GL && threads_of_lanes_) {
    lane.elsewhere.store(true, std::memory_order_relaxed);
    threads_of_lanes_->serve(index,
                             [&lane] { lane.elsewhere.store(false, std::memory_order_release); });
    return;
  }
  if (kind != GF_LANE_KIND_CUDA)
    poison("lane of unknown kind " + std::to_string(kind));
  lane.consumer = ring::LaneConsumer(lane.shared, region_.map_ring(index));
  lane.state = backend_.open_lane(index);
  lane.replies = 0;
  lane.open = true;
  ++open_lanes_;
  // Each lane can be in one blocking call, and somebody must hear the next lane.
  ensure_threads(open_lanes_ + 1);
}

void Issuer::close_if_drained(Lane &lane) {
  // The guest stored CLOSING after its last frame, so a look after that sees all of them.
  if (lane.busy.load(std::memory_order_acquire) || lane.consumer.look() != ring::Look::empty)
    return;
  backend_.close_lane(*lane.state);
  lane.state.reset();
  lane.consumer = {};
  lane.open = false;
  --open_lanes_;
  // Pairs with the guest's acquire load of state: a new thread may take the lane.
  gf_store_release(&lane.shared->state, static_cast<uint32_t>(GF_LANE_FREE));
}

} // namespace gpuferry::executor
