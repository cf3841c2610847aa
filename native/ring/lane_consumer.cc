#include "ring/lane_consumer.h"

#include "ring/futex.h"

#include <cstring>

namespace gpuferry::ring {

namespace {
// The guest is looked after when the ring has run dry or this much was taken since the last time: a
// producer that sleeps on a full ring then wakes to a good deal of room.
constexpr uint64_t kRoomWorthWaking = GF_RING_BYTES / 4;
} // namespace

Look LaneConsumer::look() {
  if (ready_)
    return Look::ready;
  if (head_ == tail_) {
    // Pairs with the guest's release store of head: the frames below it are written.
    const uint64_t head = gf_load_acquire(&shared_->head);
    if (head == tail_)
      return Look::empty;
    if (head < tail_ || head - tail_ > GF_RING_BYTES || head % 8 != 0)
      return Look::malformed;
    head_ = head;
  }
  const uint64_t available = head_ - tail_;
  if (available < sizeof(gf_frame))
    return Look::malformed;
  // Atomic loads, so that the compiler cannot read again what the guest may have changed since.
  const auto *words =
      reinterpret_cast<const uint64_t *>(ring_.data() + (tail_ & (GF_RING_BYTES - 1)));
  const uint64_t header[2] = {gf_load_relaxed(&words[0]), gf_load_relaxed(&words[1])};
  std::memcpy(&next_, header, sizeof next_);
  if (next_.size_bytes < sizeof(gf_frame) || next_.size_bytes > GF_FRAME_MAX_BYTES ||
      next_.size_bytes % 8 != 0 || next_.size_bytes > available)
    return Look::malformed;
  ready_ = true;
  return Look::ready;
}

void LaneConsumer::take(std::byte *out) {
  const std::byte *in = ring_.data() + (tail_ & (GF_RING_BYTES - 1));
  std::memcpy(out, &next_, sizeof next_);
  std::memcpy(out + sizeof next_, in + sizeof next_, next_.size_bytes - sizeof next_);
  tail_ += next_.size_bytes;
  ready_ = false;
  // Pairs with the guest's acquire load of tail: it may overwrite what was copied out.
  gf_store_release(&shared_->tail, tail_);
  if (tail_ == head_ || tail_ - offered_ >= kRoomWorthWaking)
    give_room_back();
}

void LaneConsumer::give_room_back() {
  offered_ = tail_;
  // Dekker: the guest stores producer_parked, fences, and reads tail again before it sleeps.
  gf_fence_seq_cst();
  if (gf_load_relaxed(&shared_->producer_parked) != 0) {
    gf_store_relaxed(&shared_->producer_parked, 0);
    futex_wake(&shared_->producer_parked, 1);
  }
}

} // namespace gpuferry::ring
