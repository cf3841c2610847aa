// Answering a synchronous frame in its lane's reply slot.
#pragma once

#include "abi/abi.h"
#include "ring/futex.h"

namespace gpuferry::ring {

/// Publishes the `seq`-th answer of a lane. The reply data was written before.
inline void publish_reply(gf_lane *lane, uint32_t seq, int32_t status, uint32_t size_bytes) {
  gf_store_relaxed(&lane->status, status);
  gf_store_relaxed(&lane->size_bytes, size_bytes);
  // Pairs with the guest's acquire load of reply_seq: status, size and data are written.
  gf_store_release(&lane->reply_seq, seq);
  // Dekker: the guest stores reply_parked, fences, and reads reply_seq again before it sleeps.
  gf_fence_seq_cst();
  if (gf_load_relaxed(&lane->reply_parked) != 0) {
    gf_store_relaxed(&lane->reply_parked, 0);
    futex_wake(&lane->reply_seq, 1);
  }
}

} // namespace gpuferry::ring
