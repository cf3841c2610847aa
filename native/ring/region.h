// The executor's view of the region (protocol/abi/region.h): header and lanes where the kernel puts
// them, the heap at the address it has in the guest, and lane rings mapped twice in a row.
#pragma once

#include "abi/abi.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace gpuferry::ring {

/// Owns one mmap.
class Mapping {
public:
  Mapping() = default;
  Mapping(void *address, size_t bytes) : address_(address), bytes_(bytes) {}
  Mapping(Mapping &&other) noexcept;
  Mapping &operator=(Mapping &&other) noexcept;
  ~Mapping();

  std::byte *data() const { return static_cast<std::byte *>(address_); }
  size_t size() const { return bytes_; }

private:
  void *address_ = nullptr;
  size_t bytes_ = 0;
};

class Region {
public:
  /// Maps the memfd of a session. `region_bytes` and `heap_bytes` come from the server, never from
  /// the shared header. Takes `fd`. Throws std::system_error or std::runtime_error.
  Region(int fd, uint64_t region_bytes, uint64_t heap_bytes);
  ~Region();
  Region(const Region &) = delete;
  Region &operator=(const Region &) = delete;

  gf_region *header() const { return reinterpret_cast<gf_region *>(lanes_.data()); }
  gf_lane *lane(unsigned index) const;
  std::byte *reply_data(unsigned index) const;

  /// Two mappings of lane `index`'s ring, one after the other: 2 × GF_RING_BYTES.
  Mapping map_ring(unsigned index) const;

  uint64_t heap_bytes() const { return heap_.size(); }

  /// The bytes of a heap range that the guest named, or nothing if any of it lies outside.
  std::optional<std::span<std::byte>> heap(uint64_t offset_bytes, uint64_t size_bytes) const;

  /// Pages of the heap that follow each other at an address of their own; nothing if any of them lies outside, is
  /// no whole page, or the kernel refuses.
  std::optional<Mapping> map_in_a_row(std::span<const gf_heap_range> pieces) const;

  /// Whether [address, address + size) lies in the heap, as guest and executor both see it.
  bool in_heap(uint64_t address, uint64_t size_bytes) const;

private:
  int fd_;
  Mapping lanes_; // header and lanes
  Mapping heap_;
};

} // namespace gpuferry::ring
