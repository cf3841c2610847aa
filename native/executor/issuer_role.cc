// Who is the issuer: taking the role, giving it up, and looking at the rings from outside of it.
#include "executor/issuer.h"
#include "executor/issuer_sight.h"

#include "ring/futex.h"

#include <sched.h>

namespace gpuferry::executor {

namespace {
constexpr uint32_t kFree = 0, kHeld = 1;
}

bool Issuer::take_role() {
  uint32_t expected = kFree;
  if (!role_.compare_exchange_strong(expected, kHeld, std::memory_order_acquire))
    return false;
  // Even: somebody looks at the rings.
  uint32_t *doorbell = &region_.header()->doorbell;
  if (const uint32_t number = gf_load_relaxed(doorbell); number & 1)
    gf_store_relaxed(doorbell, number + 1);
  ++stats_.turns;
  gf_store_relaxed(&region_.header()->issuer_cpu, static_cast<uint32_t>(sched_getcpu()));
  return true;
}

/// Returns the number to sleep on.
uint32_t Issuer::give_role_up() {
  role_.store(kFree, std::memory_order_release);
  const uint32_t number = epoch_.fetch_add(2, std::memory_order_relaxed);
  gf_store_relaxed(&region_.header()->doorbell, number);
  // Dekker, twice. With the guest: it publishes, fences, reads the doorbell; we store the doorbell,
  // fence, read the rings. With a thread whose blocking call ends: it stores `busy`, fences, tries
  // for the role; we free the role, fence, read `busy`.
  gf_fence_seq_cst();
  return number;
}

void Issuer::pass_on(Lane &lane) {
  lane.busy.store(true, std::memory_order_relaxed);
  const Sight sight(
      *this); // before the last look, so that whatever comes meanwhile is seen by one of them
  const bool others_wait = open_lanes_ > 1 && next_lane() != nullptr;
  give_role_up();
  if (others_wait || sight.changed())
    call_a_follower();
}

/// Sees to it that a thread which is not blocked looks at the rings. There is one more thread than
/// lanes that can block, so one is asleep or on its way; the latter notices the new number.
void Issuer::call_a_follower() {
  while (role_.load(std::memory_order_relaxed) == kFree && !stopping_ &&
         ring::futex_wake(&region_.header()->doorbell, 1) == 0)
    sched_yield();
}

Issuer::Sight::Sight(Issuer &issuer) : issuer_(issuer), lanes_(issuer.lanes_in_use()) {
  for (unsigned i = 0; i < lanes_; ++i) {
    const Lane &lane = *issuer.lanes_[i];
    open_[i] = lane.open;
    elsewhere_[i] = lane.elsewhere.load(std::memory_order_relaxed);
    busy_[i] = lane.busy.load(std::memory_order_relaxed);
    drained_[i] = lane.open && lane.consumer.drained_at(&heads_[i]);
  }
}

/// Runs without the role, so it reads shared words and `busy` only.
bool Issuer::Sight::changed() const {
  if (issuer_.lanes_in_use() != lanes_)
    return true;
  for (unsigned i = 0; i < lanes_; ++i) {
    const Lane &lane = *issuer_.lanes_[i];
    const uint32_t state = gf_load_relaxed(&lane.shared->state);
    if (elsewhere_[i]) {
      // Given back meanwhile: a guest thread may have opened it again.
      if (!lane.elsewhere.load(std::memory_order_acquire))
        return true;
      continue;
    }
    if (!open_[i] && state != GF_LANE_FREE)
      return true;
    if (busy_[i]) {
      if (!lane.busy.load(std::memory_order_relaxed))
        return true;
    } else if (drained_[i]) {
      if (gf_load_relaxed(&lane.shared->head) != heads_[i] || state == GF_LANE_CLOSING)
        return true;
    }
  }
  return false;
}

} // namespace gpuferry::executor
