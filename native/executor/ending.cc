#include "executor/ending.h"

#include "ring/futex.h"

#include <algorithm>
#include <climits>
#include <unistd.h>

namespace gpuferry::executor {

void Ending::end(End why, const std::string &detail) {
  if (begun_.exchange(true))
    for (;;)
      pause(); // another thread is ending the process
  gf_region *header = region_.header();
  if (why != End::guest_left) {
    // Release: partner of the guest's look at state, on its way in and after each wake.
    gf_store_release(
        &header->state,
        static_cast<uint32_t>(why == End::revoked ? GF_SESSION_REVOKED : GF_SESSION_POISONED));
    const unsigned lanes = std::min(gf_load_acquire(&header->lanes_in_use), GF_LANE_COUNT);
    for (unsigned i = 0; i < lanes; ++i) {
      ring::futex_wake(&region_.lane(i)->reply_seq, INT_MAX);
      ring::futex_wake(&region_.lane(i)->producer_parked, INT_MAX);
    }
  }
  control_.send({{"type", "ended"}, {"reason", name_of(why)}, {"detail", detail}});
  // Without destructors: a driver's threads, and kernels, may be running.
  _exit(0);
}

} // namespace gpuferry::executor
