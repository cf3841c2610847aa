#include "ring/lane_consumer.h"

#include "ring/futex.h"

namespace gpuferry::ring {

namespace {
// The guest is looked after when the ring has run dry or this much was taken since the last time: a
// producer that sleeps on a full ring then wakes to a good deal of room.
constexpr uint64_t kRoomWorthWaking = GF_RING_BYTES / 4;
} // namespace

Look LaneConsumer::see_head() {
  // Pairs with the guest's release store of head: the frames below it are written.
  const uint64_t head = gf_load_acquire(&shared_->head);
  if (head == tail_)
    return Look::empty;
  if (head < tail_ || head - tail_ > GF_RING_BYTES || head % 8 != 0)
    return Look::malformed;
  head_ = head;
  return Look::ready;
}

void LaneConsumer::publish_tail() {
  // Pairs with the guest's acquire load of tail: it may overwrite what was copied out.
  gf_store_release(&shared_->tail, tail_);
  published_ = tail_;
  if (tail_ != head_ && tail_ - offered_ < kRoomWorthWaking)
    return;
  offered_ = tail_;
  // Dekker: the guest stores producer_parked, fences, and reads tail again before it sleeps.
  gf_fence_seq_cst();
  if (gf_load_relaxed(&shared_->producer_parked) != 0) {
    gf_store_relaxed(&shared_->producer_parked, 0);
    futex_wake(&shared_->producer_parked, 1);
  }
}

} // namespace gpuferry::ring
