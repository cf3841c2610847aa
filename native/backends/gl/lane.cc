#include "backends/gl/lane.h"

namespace gpuferry::gl {

namespace {
thread_local Lane *lane_of_this_thread = nullptr;
}

Lane *current_lane() { return lane_of_this_thread; }
void set_current_lane(Lane *lane) { lane_of_this_thread = lane; }

std::byte *Lane::allocate(uint64_t bytes) {
  const size_t padded = (static_cast<size_t>(bytes) + 15) & ~size_t{15};
  if (padded > kBlockBytes - used_bytes_)
    return large_.emplace_back(new std::byte[padded]).get();
  if (!block_)
    block_.reset(new std::byte[kBlockBytes]);
  std::byte *room = block_.get() + used_bytes_;
  used_bytes_ += padded;
  return room;
}

} // namespace gpuferry::gl
