// One mapping for both sides: ThreadSanitizer knows memory by its address, and would see neither a
// race nor a hand-over between two mappings of the same page. Stands in for guest-shim/src/lane/map.c
// and native/ring/region.cc; everything else is what ships.
extern "C" {
#include "lane/map.h"
#include "session/session.h"
}
#include "ring/region.h"

#include <mutex>
#include <stdexcept>
#include <sys/mman.h>
#include <unistd.h>

namespace {

constexpr unsigned kLanes = 16; // more than the test has threads
constexpr size_t kLaneBytes = GF_RING_OFFSET_BYTES + 2 * GF_RING_BYTES;

void map_at(std::byte *at, size_t bytes, uint64_t offset) {
  if (mmap(at, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, gf_session.region_fd,
           static_cast<off_t>(offset)) == MAP_FAILED)
    throw std::runtime_error("no memory for lanes");
}

std::byte *lane_at(unsigned index) {
  static std::byte *lanes;
  static std::once_flag once;
  std::call_once(once, [] {
    lanes = static_cast<std::byte *>(
        mmap(nullptr, kLanes * kLaneBytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    for (unsigned i = 0; i < kLanes; ++i) {
      const uint64_t offset = GF_LANES_OFFSET_BYTES + uint64_t{i} * GF_LANE_BYTES;
      map_at(lanes + i * kLaneBytes, GF_RING_OFFSET_BYTES, offset);
      for (unsigned half = 0; half < 2; ++half)
        map_at(lanes + i * kLaneBytes + GF_RING_OFFSET_BYTES + half * GF_RING_BYTES, GF_RING_BYTES,
               offset + GF_RING_OFFSET_BYTES);
    }
  });
  return lanes + (index % kLanes) * kLaneBytes;
}

} // namespace

extern "C" uint8_t *gf_lane_map(uint32_t index) {
  return index < kLanes ? reinterpret_cast<uint8_t *>(lane_at(index)) : nullptr;
}
extern "C" void gf_lane_unmap(uint8_t *) {}

namespace gpuferry::ring {

Mapping::Mapping(Mapping &&other) noexcept = default;
Mapping &Mapping::operator=(Mapping &&other) noexcept = default;
Mapping::~Mapping() {}

Region::Region(int fd, uint64_t, uint64_t)
    : fd_(fd), lanes_(gf_session.region, 0), heap_(gf_session.heap, gf_session.heap_bytes) {}
Region::~Region() { close(fd_); }

gf_lane *Region::lane(unsigned index) const { return reinterpret_cast<gf_lane *>(lane_at(index)); }
std::byte *Region::reply_data(unsigned index) const {
  return lane_at(index) + GF_REPLY_OFFSET_BYTES;
}
Mapping Region::map_ring(unsigned index) const {
  return {lane_at(index) + GF_RING_OFFSET_BYTES, 2 * GF_RING_BYTES};
}

} // namespace gpuferry::ring
