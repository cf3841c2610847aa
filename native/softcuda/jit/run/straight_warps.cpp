// Blocks whose threads never wait for each other, though their code is cut (Wait::Pass): one warp after the other, each
// to its end, in the same frame, which stays in the cache.
#include "run/block_scheduler.h"
#include "run/lanes.h"

#include <algorithm>
#include <bit>

namespace softcuda::jit {

void ResidentBlock::run_straight() {
  arena_.reset();
  std::byte *frame = allocate_frame();
  for (uint32_t w = 0; w < warps_.size(); ++w) {
    const uint32_t count = std::min(kWarpSize, threads_ - w * kWarpSize);
    const uint32_t all = count == kWarpSize ? ~0u : (1u << count) - 1;
    WarpSlots &slots = slots_[w];
    uint32_t site = 0;
    do {
      const int end = grid_->code.regions(&context_, &slots, frame, site, 0, count);
      site = end >= 0 ? static_cast<uint32_t>(end) : slots.site[0];
      if (end < 0 && (all & ~lanes_equal(slots.site, site)) != 0) {
        run_scattered(slots, frame, all);
        break;
      }
    } while (site != 0);
  }
}

// Lanes are at different places. All advance by one region before any by two, so that they may meet again.
void ResidentBlock::run_scattered(WarpSlots &slots, std::byte *frame, uint32_t live) {
  while ((live &= ~lanes_equal(slots.site, 0)) != 0)
    for (uint32_t round = live; round != 0;) {
      const auto first = static_cast<uint32_t>(std::countr_zero(round));
      const uint32_t site = slots.site[first];
      const uint32_t group = round & lanes_equal(slots.site, site);
      const uint32_t last = first + static_cast<uint32_t>(std::countr_one(group >> first));
      const int end = grid_->code.regions(&context_, &slots, frame, site, first, last);
      if (end >= 0)
        std::fill(slots.site + first, slots.site + last, static_cast<uint32_t>(end));
      round = last == kWarpSize ? 0 : round >> last << last;
    }
}

} // namespace softcuda::jit
