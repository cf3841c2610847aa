// The consuming end of one lane's ring. Everything that decides is kept privately: of the shared
// words only `head` is read, once per look, and checked.
#pragma once

#include "abi/abi.h"
#include "ring/region.h"

#include <cstring>

namespace gpuferry::ring {

enum class Look {
  empty,
  ready,     ///< a whole frame lies there; frame() describes it
  malformed, ///< the guest broke the ring's rules: poison the session
};

class LaneConsumer {
public:
  LaneConsumer() = default;
  LaneConsumer(gf_lane *shared, Mapping ring)
      : shared_(shared), ring_(std::move(ring)), ring_data_(ring_.data()) {}

  /// Looks for the next frame. Cheap when one was seen before and not taken yet, or lies in what the guest has
  /// shown already.
  Look look() {
    if (ready_)
      return Look::ready;
    if (head_ == tail_)
      if (const Look seen = see_head(); seen != Look::ready)
        return seen;
    return look_at_header();
  }

  /// The private copy of the next frame's header; valid after look() said `ready`.
  const gf_frame &frame() const { return next_; }

  /// Copies the frame that look() found, `frame().size_bytes` long, to `out` and gives its room back
  /// to the guest. The copy's header is the one that was checked, whatever the ring says by now.
  void take(std::byte *out) {
    const std::byte *in = at(tail_);
    const uint32_t size_bytes = next_.size_bytes;
    std::memcpy(out, &next_, sizeof next_);
    // Few commands are longer; a call of memcpy would cost more than the copy.
    if (size_bytes <= kShortBytes) {
      for (uint32_t i = sizeof next_; i < size_bytes; i += 8)
        std::memcpy(out + i, in + i, 8);
    } else {
      std::memcpy(out + sizeof next_, in + sizeof next_, size_bytes - sizeof next_);
    }
    tail_ += size_bytes;
    ready_ = false;
    if (tail_ == head_ || tail_ - published_ >= kRoomWorthSaying)
      publish_tail();
  }

  /// How many bytes of the ring were taken so far.
  uint64_t taken_bytes() const { return tail_; }

  /// Whether every frame seen was taken; then `head` is what the shared word was.
  bool drained_at(uint64_t *head) const {
    *head = head_;
    return !ready_ && head_ == tail_;
  }

private:
  static constexpr uint32_t kShortBytes = 64;
  /// The guest looks at the tail only where the ring seems full: it need not hear of every frame.
  static constexpr uint64_t kRoomWorthSaying = 4096;
  /// Frames come from another core's cache: so far ahead of the next one they are asked for.
  static constexpr uint64_t kAheadBytes = 256;

  const std::byte *at(uint64_t count) const { return ring_data_ + (count & (GF_RING_BYTES - 1)); }

  Look look_at_header() {
    const uint64_t available = head_ - tail_;
    if (available < sizeof(gf_frame))
      return Look::malformed;
    // Atomic loads, so that the compiler cannot read again what the guest may have changed since.
    const auto *words = reinterpret_cast<const uint64_t *>(at(tail_));
    const uint64_t header[2] = {gf_load_relaxed(&words[0]), gf_load_relaxed(&words[1])};
    __builtin_prefetch(at(tail_) + kAheadBytes);
    std::memcpy(&next_, header, sizeof next_);
    if (next_.size_bytes < sizeof(gf_frame) || next_.size_bytes > GF_FRAME_MAX_BYTES ||
        next_.size_bytes % 8 != 0 || next_.size_bytes > available)
      return Look::malformed;
    ready_ = true;
    return Look::ready;
  }

  /// `ready`: head_ is beyond tail_.
  Look see_head();
  void publish_tail();

  gf_lane *shared_ = nullptr;
  Mapping ring_;
  const std::byte *ring_data_ = nullptr;
  uint64_t head_ = 0;      // as last seen
  uint64_t tail_ = 0;      // ours; the shared one is a copy for the guest
  uint64_t published_ = 0; // tail_ when the guest was told last
  uint64_t offered_ = 0;   // tail_ when the guest was last looked after
  gf_frame next_{};
  bool ready_ = false;
};

} // namespace gpuferry::ring
