// The consuming end of one lane's ring. Everything that decides is kept privately: of the shared
// words only `head` is read, once per look, and checked.
#pragma once

#include "abi/abi.h"
#include "ring/region.h"

namespace gpuferry::ring {

enum class Look {
  empty,
  ready,     ///< a whole frame lies there; frame() describes it
  malformed, ///< the guest broke the ring's rules: poison the session
};

class LaneConsumer {
public:
  LaneConsumer() = default;
  LaneConsumer(gf_lane *shared, Mapping ring) : shared_(shared), ring_(std::move(ring)) {}

  /// Looks for the next frame. Cheap when one was seen before and not taken yet.
  Look look();

  /// The private copy of the next frame's header; valid after look() said `ready`.
  const gf_frame &frame() const { return next_; }

  /// Copies the frame that look() found, `frame().size_bytes` long, to `out` and gives its room back
  /// to the guest. The copy's header is the one that was checked, whatever the ring says by now.
  void take(std::byte *out);

  /// How many bytes of the ring were taken so far.
  uint64_t taken_bytes() const { return tail_; }

  /// Whether every frame seen was taken; then `head` is what the shared word was.
  bool drained_at(uint64_t *head) const {
    *head = head_;
    return !ready_ && head_ == tail_;
  }

private:
  void give_room_back();

  gf_lane *shared_ = nullptr;
  Mapping ring_;
  uint64_t head_ = 0;    // as last seen
  uint64_t tail_ = 0;    // ours; the shared one is a copy for the guest
  uint64_t offered_ = 0; // tail_ when the guest was last looked after
  gf_frame next_{};
  bool ready_ = false;
};

} // namespace gpuferry::ring
