// One call, copied out of the ring: a bounded decoder over private memory. What does not fit is a
// protocol violation, which is remembered in one flag and ends the session.
#pragma once

#include "abi/frame.h"

#include <cstddef>
#include <cstdint>
#include <memory>

namespace gpuferry::wire {

class Frame {
public:
  /// Where LaneConsumer::take puts the frame; GF_FRAME_MAX_BYTES.
  std::byte *buffer() { return bytes_; }

  /// Starts decoding what lies in buffer().
  void rewind() {
    cursor_ = sizeof(gf_frame);
    malformed_ = nullptr;
    names_heap_ = false;
  }

  const gf_frame &header() const { return *reinterpret_cast<const gf_frame *>(bytes_); }
  bool is_sync() const { return header().flags & GF_FRAME_SYNC; }
  bool is_per_thread() const { return header().flags & GF_FRAME_PER_THREAD; }

  /// The next `size_bytes` of the frame; the one after starts 8-aligned. nullptr, and malformed, when
  /// the frame ends before.
  const std::byte *take(uint64_t size_bytes) {
    const uint64_t left = header().size_bytes - cursor_;
    if (size_bytes > left)
      return violate("the frame ends inside its arguments");
    const std::byte *part = bytes_ + cursor_;
    // Frames are multiples of 8 long, so that the padding is there whenever the bytes are.
    cursor_ += static_cast<uint32_t>(GF_ALIGN8(size_bytes));
    return part;
  }

  /// The fixed argument structure: the first part of a frame.
  template <class T> const T *args() { return reinterpret_cast<const T *>(take(sizeof(T))); }

  /// Marks the frame as one that no shim of ours writes. Returns nullptr, for the caller to return.
  const std::byte *violate(const char *why) {
    if (!malformed_)
      malformed_ = why;
    return nullptr;
  }

  /// The call was given memory in the heap that the frame named: once it is done, the guest may use it
  /// again.
  void names_heap() { names_heap_ = true; }
  bool has_named_heap() const { return names_heap_; }

  /// Why the session must end; nullptr while all is well.
  const char *malformed() const { return malformed_; }

private:
  alignas(16) std::byte bytes_[GF_FRAME_MAX_BYTES];
  uint32_t cursor_ = sizeof(gf_frame);
  const char *malformed_ = nullptr;
  bool names_heap_ = false;
};

} // namespace gpuferry::wire
