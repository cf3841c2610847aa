// The answer to a synchronous frame, written straight into the lane's reply slot: the guest leaves
// the slot alone until reply_seq says that it is complete, and a guest that does not garbles only
// its own answer. Nothing is read back from there.
#pragma once

#include "abi/lane.h"

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace gpuferry::wire {

class Reply {
public:
  /// `slot`: GF_REPLY_DATA_BYTES; a scratch buffer where nobody waits for the answer.
  explicit Reply(std::byte *slot) : slot_(slot) {}

  /// Adds `size_bytes` (8-aligned, zeroed); nullptr when the slot cannot hold them.
  std::byte *add(uint64_t size_bytes) {
    if (size_bytes > GF_REPLY_DATA_BYTES - size_bytes_)
      return nullptr;
    std::byte *part = slot_ + size_bytes_;
    const uint64_t padded = GF_ALIGN8(size_bytes);
    std::memset(part, 0, padded);
    size_bytes_ += static_cast<uint32_t>(padded);
    return part;
  }

  uint32_t size_bytes() const { return size_bytes_; }

private:
  std::byte *slot_;
  uint32_t size_bytes_ = 0;
};
static_assert(GF_REPLY_DATA_BYTES % 8 == 0, "padding always fits");

} // namespace gpuferry::wire
