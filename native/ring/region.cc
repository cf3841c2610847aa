#include "ring/region.h"

#include <cerrno>
#include <stdexcept>
#include <sys/mman.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace gpuferry::ring {

namespace {

constexpr int kReadWrite = PROT_READ | PROT_WRITE;

void *map_or_throw(void *at, size_t bytes, int protection, int flags, int fd, uint64_t offset,
                   const char *what) {
  void *address = mmap(at, bytes, protection, flags, fd, static_cast<off_t>(offset));
  if (address == MAP_FAILED)
    throw std::system_error(errno, std::generic_category(), what);
  return address;
}

} // namespace

Mapping::Mapping(Mapping &&other) noexcept
    : address_(std::exchange(other.address_, nullptr)), bytes_(std::exchange(other.bytes_, 0)) {}

Mapping &Mapping::operator=(Mapping &&other) noexcept {
  std::swap(address_, other.address_);
  std::swap(bytes_, other.bytes_);
  return *this;
}

Mapping::~Mapping() {
  if (address_)
    munmap(address_, bytes_);
}

Region::Region(int fd, uint64_t region_bytes, uint64_t heap_bytes) : fd_(fd) {
  struct stat info{};
  if (fstat(fd, &info) != 0)
    throw std::system_error(errno, std::generic_category(), "region");
  // A region that is shorter than announced would fault under us; the seals keep it from shrinking.
  if (heap_bytes % GF_PAGE_BYTES != 0 || region_bytes < GF_HEAP_OFFSET_BYTES ||
      heap_bytes > region_bytes - GF_HEAP_OFFSET_BYTES ||
      static_cast<uint64_t>(info.st_size) < region_bytes)
    throw std::runtime_error("region is smaller than the server says");

  const size_t lanes_bytes = GF_LANES_OFFSET_BYTES + size_t{GF_LANE_COUNT} * GF_LANE_BYTES;
  lanes_ = {map_or_throw(nullptr, lanes_bytes, kReadWrite, MAP_SHARED, fd, 0, "mapping the lanes"),
            lanes_bytes};
  if (heap_bytes == 0)
    return;
  void *const wanted = reinterpret_cast<void *>(GF_HEAP_ADDRESS);
  void *heap =
      map_or_throw(wanted, heap_bytes, kReadWrite, MAP_SHARED | MAP_NORESERVE | MAP_FIXED_NOREPLACE,
                   fd, GF_HEAP_OFFSET_BYTES, "mapping the heap");
  heap_ = {heap, heap_bytes};
  if (heap != wanted) // kernels before 4.17 take MAP_FIXED_NOREPLACE for a hint
    throw std::runtime_error("the heap's address is taken in the executor");
}

Region::~Region() { close(fd_); }

gf_lane *Region::lane(unsigned index) const {
  return reinterpret_cast<gf_lane *>(lanes_.data() + GF_LANES_OFFSET_BYTES +
                                     size_t{index} * GF_LANE_BYTES);
}

std::byte *Region::reply_data(unsigned index) const {
  return reinterpret_cast<std::byte *>(lane(index)) + GF_REPLY_OFFSET_BYTES;
}

Mapping Region::map_ring(unsigned index) const {
  const uint64_t offset =
      GF_LANES_OFFSET_BYTES + uint64_t{index} * GF_LANE_BYTES + GF_RING_OFFSET_BYTES;
  Mapping both(map_or_throw(nullptr, 2 * GF_RING_BYTES, PROT_NONE,
                            MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0, "room for a ring"),
               2 * GF_RING_BYTES);
  for (unsigned half = 0; half < 2; ++half)
    map_or_throw(both.data() + half * GF_RING_BYTES, GF_RING_BYTES, PROT_READ,
                 MAP_SHARED | MAP_FIXED, fd_, offset, "mapping a ring");
  return both;
}

std::optional<std::span<std::byte>> Region::heap(uint64_t offset_bytes, uint64_t size_bytes) const {
  if (offset_bytes > heap_.size() || size_bytes > heap_.size() - offset_bytes)
    return std::nullopt;
  return std::span(heap_.data() + offset_bytes, size_bytes);
}

std::optional<Mapping> Region::map_in_a_row(std::span<const gf_heap_range> pieces) const {
  uint64_t bytes = 0;
  for (const gf_heap_range &piece : pieces) {
    if (!heap(piece.offset_bytes, piece.size_bytes) || piece.size_bytes == 0 ||
        (piece.offset_bytes | piece.size_bytes) % GF_PAGE_BYTES != 0)
      return std::nullopt;
    bytes += piece.size_bytes;
  }
  void *at = mmap(nullptr, bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (at == MAP_FAILED)
    return std::nullopt;
  Mapping all(at, bytes);
  uint64_t done = 0;
  for (const gf_heap_range &piece : pieces) {
    if (mmap(all.data() + done, piece.size_bytes, kReadWrite, MAP_SHARED | MAP_FIXED, fd_,
             static_cast<off_t>(GF_HEAP_OFFSET_BYTES + piece.offset_bytes)) == MAP_FAILED)
      return std::nullopt;
    done += piece.size_bytes;
  }
  return all;
}

bool Region::in_heap(uint64_t address, uint64_t size_bytes) const {
  return address >= GF_HEAP_ADDRESS && heap(address - GF_HEAP_ADDRESS, size_bytes).has_value();
}

} // namespace gpuferry::ring
