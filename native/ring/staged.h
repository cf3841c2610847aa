// Giving back to the guest what a lane's frames named in the heap.
#pragma once

#include "abi/abi.h"
#include "ring/futex.h"

namespace gpuferry::ring {

/// The driver is done with the heap memory of every frame of this lane up to `end`, a count of ring
/// bytes as the lane's tail. Called after a frame that named any.
inline void publish_staged(gf_lane *lane, uint64_t end) {
  // Pairs with the guest's acquire load: it writes into that memory again only after this.
  gf_store_release(&lane->staged, end);
  // Dekker: the guest stores staged_parked, fences, and reads staged again before it sleeps.
  gf_fence_seq_cst();
  if (gf_load_relaxed(&lane->staged_parked) != 0) {
    gf_store_relaxed(&lane->staged_parked, 0);
    futex_wake(&lane->staged_parked, 1);
  }
}

} // namespace gpuferry::ring
