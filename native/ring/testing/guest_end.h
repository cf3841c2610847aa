// The guest's side of a region, for tests of the executor: just enough to write frames, right and wrong
// ones, in the test's own process.
#pragma once

#include "abi/abi.h"
#include "ring/futex.h"
#include "ring/region.h"

#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <sys/mman.h>
#include <unistd.h>
#include <vector>

namespace gpuferry::ring::testing {

/// A region in a memfd, as the server makes it, with the executor's view of it. Test and executor use
/// the same mapping where they run in one process, so that a thread sanitizer sees both ends.
class TestRegion {
public:
  explicit TestRegion(uint64_t heap_bytes = 0)
      : heap_bytes(heap_bytes), region_bytes(GF_HEAP_OFFSET_BYTES + heap_bytes),
        fd(make(region_bytes)), view(dup(fd), region_bytes, heap_bytes) {}
  ~TestRegion() { close(fd); }

  gf_region *header() const { return view.header(); }
  gf_lane *lane(unsigned index) const { return view.lane(index); }
  std::byte *ring(unsigned index) const {
    return reinterpret_cast<std::byte *>(lane(index)) + GF_RING_OFFSET_BYTES;
  }

  const uint64_t heap_bytes, region_bytes;
  const int fd;
  Region view;

private:
  static int make(uint64_t bytes) {
    const int fd = memfd_create("test region", MFD_CLOEXEC);
    if (fd < 0 || ftruncate(fd, static_cast<off_t>(bytes)) != 0)
      std::abort();
    return fd;
  }
};

/// One guest thread's lane.
class GuestLane {
public:
  GuestLane(TestRegion &region, unsigned index, uint32_t kind = GF_LANE_KIND_CUDA)
      : region_(region), index_(index), kind_(kind) {
    gf_lane *shared = lane();
    for (uint64_t *word : {&shared->head, &shared->tail})
      gf_store_relaxed(word, uint64_t{0});
    for (uint32_t *word : {&shared->kind, &shared->producer_parked, &shared->reply_seq,
                           &shared->reply_parked, &shared->size_bytes})
      gf_store_relaxed(word, 0u);
    gf_store_relaxed(&shared->kind, kind);
    gf_store_release(&shared->state, static_cast<uint32_t>(GF_LANE_OPEN));
    uint32_t in_use = gf_load_relaxed(&region.header()->lanes_in_use);
    while (in_use <= index &&
           !__atomic_compare_exchange_n(&region.header()->lanes_in_use, &in_use, index + 1, false,
                                        __ATOMIC_ACQ_REL, __ATOMIC_RELAXED)) {
    }
  }

  gf_lane *lane() const { return region_.lane(index_); }

  /// Calls whoever looks for new lanes; only a lane with a thread of its own needs it.
  void announce() { ring_bell(&region_.header()->doorbell); }

  /// Bytes written so far, and those of them that the executor has taken.
  uint64_t written_bytes() const { return head_; }
  uint64_t taken_bytes() const { return gf_load_acquire(&lane()->tail); }

  /// Room left in the ring, as the executor shows it.
  uint64_t room_bytes() const { return GF_RING_BYTES - (head_ - gf_load_acquire(&lane()->tail)); }

  /// Takes the next ticket and sends a frame of `body` bytes.
  void send(uint16_t opcode, const std::vector<std::byte> &body = {}, uint16_t flags = 0) {
    send_with_ticket(opcode, body, flags,
                     gf_fetch_add_relaxed(&region_.header()->next_ticket, uint64_t{1}));
  }

  void send_with_ticket(uint16_t opcode, const std::vector<std::byte> &body, uint16_t flags,
                        uint64_t ticket) {
    const auto size = static_cast<uint32_t>(sizeof(gf_frame) + GF_ALIGN8(body.size()));
    while (room_bytes() < size)
      usleep(50);
    const gf_frame header{size, opcode, flags, ticket};
    write(0, &header, sizeof header);
    write(sizeof header, body.data(), body.size());
    head_ += size;
    publish(head_);
    syncs_ += (flags & GF_FRAME_SYNC) != 0;
  }

  /// Writes at `offset` after the ring's head, without publishing.
  void write(uint64_t offset, const void *from, size_t bytes) {
    const auto *in = static_cast<const std::byte *>(from);
    for (size_t i = 0; i < bytes; ++i)
      region_.ring(index_)[(head_ + offset + i) & (GF_RING_BYTES - 1)] = in[i];
  }

  void publish(uint64_t head) {
    gf_store_release(&lane()->head, head);
    ring_doorbell();
  }

  void ring_doorbell() {
    ring_bell(kind_ == GF_LANE_KIND_CUDA ? &region_.header()->doorbell : &lane()->doorbell);
  }

  static void ring_bell(uint32_t *doorbell) {
    gf_fence_seq_cst();
    uint32_t seen = gf_load_relaxed(doorbell);
    if ((seen & 1) && __atomic_compare_exchange_n(doorbell, &seen, seen + 1, false,
                                                  __ATOMIC_ACQ_REL, __ATOMIC_RELAXED))
      futex_wake(doorbell, 1);
  }

  /// Waits for the answers to all sync frames; false after `timeout_ms`.
  bool await(int timeout_ms = 5000) {
    for (const uint64_t until = now_ns() + uint64_t(timeout_ms) * 1'000'000; now_ns() < until;) {
      const uint32_t seq = gf_load_acquire(&lane()->reply_seq);
      if (seq == syncs_)
        return true;
      gf_store_relaxed(&lane()->reply_parked, 1);
      gf_fence_seq_cst();
      if (gf_load_acquire(&lane()->reply_seq) == seq)
        futex_wait(&lane()->reply_seq, seq, 1'000'000);
    }
    return false;
  }

  void close() {
    gf_store_release(&lane()->state, static_cast<uint32_t>(GF_LANE_CLOSING));
    ring_doorbell();
  }

private:
  TestRegion &region_;
  unsigned index_;
  uint32_t kind_;
  uint64_t head_ = 0;
  uint32_t syncs_ = 0;
};

} // namespace gpuferry::ring::testing
