// An mbarrier is 64 bits: | phase 63 | pending transactions 40…62, signed | expected arrivals 20…39 | pending 0…19 |.
// Plain accesses suffice: a block's threads run on one CPU thread.
#include "helpers.h"

namespace {

constexpr uint64_t kCountMask = (1ull << 20) - 1;
constexpr uint64_t kPhase = 1ull << 63;

struct State {
  uint64_t phase;
  int64_t transactions;
  uint64_t expected, pending;
};

State unpack(uint64_t word) {
  return {word & kPhase, static_cast<int64_t>(word << 1) >> 41, word >> 20 & kCountMask,
          word & kCountMask};
}

uint64_t pack(State s) {
  if (s.pending == 0 && s.transactions == 0) { // the phase completes
    s.phase ^= kPhase;
    s.pending = s.expected;
  }
  return s.phase | (static_cast<uint64_t>(s.transactions) << 41 >> 1) | s.expected << 20 |
         s.pending;
}

} // namespace

HELPER void ptx_mbarrier_init(uint64_t *barrier, uint32_t count) {
  *barrier = (count & kCountMask) << 20 | (count & kCountMask);
}

HELPER uint64_t ptx_mbarrier_arrive(uint64_t *barrier, uint32_t count, uint32_t expect_bytes) {
  uint64_t before = *barrier;
  State s = unpack(before);
  s.transactions += expect_bytes;
  s.pending = s.pending > count ? s.pending - count : 0;
  *barrier = pack(s);
  return before;
}

HELPER uint64_t ptx_mbarrier_drop(uint64_t *barrier, uint32_t count, uint32_t expect_bytes) {
  uint64_t before = *barrier;
  State s = unpack(before);
  s.transactions += expect_bytes;
  s.expected = s.expected > count ? s.expected - count : 0;
  s.pending = s.pending > count ? s.pending - count : 0;
  *barrier = pack(s);
  return before;
}

HELPER void ptx_mbarrier_transactions(uint64_t *barrier, int32_t bytes) {
  State s = unpack(*barrier);
  s.transactions += bytes;
  *barrier = pack(s);
}

// Copies to the same place in each block of a cluster that `blocks` names, and each of them is told. The memory of the
// blocks lies in steps of `stride` from `first` on. `copy(to)` returns its bytes.
template <typename Copy>
static void multicast(char *first, uint32_t stride, const char *to, const char *barrier,
                      uint32_t blocks, Copy copy) {
  const uint64_t inside = stride - 1;
  for (uint32_t rank = 0; blocks >> rank; ++rank) {
    if (!(blocks >> rank & 1))
      continue;
    char *block = first + uint64_t{rank} * stride;
    const uint32_t bytes = copy(block + (static_cast<uint64_t>(to - first) & inside));
    ptx_mbarrier_transactions(
        reinterpret_cast<uint64_t *>(block + (static_cast<uint64_t>(barrier - first) & inside)),
        -static_cast<int32_t>(bytes));
  }
}

HELPER void ptx_multicast(char *first, uint32_t stride, const char *to, const char *from,
                          uint32_t bytes, const char *barrier, uint32_t blocks) {
  multicast(first, stride, to, barrier, blocks, [&](char *place) {
    __builtin_memcpy(place, from, bytes);
    return bytes;
  });
}

extern "C" uint32_t rt_tensor_load(const void *map, const int32_t *start, char *shared);

HELPER void ptx_multicast_tensor(char *first, uint32_t stride, const char *to, const void *map,
                                 const int32_t *start, const char *barrier, uint32_t blocks) {
  multicast(first, stride, to, barrier, blocks,
            [&](char *place) { return rt_tensor_load(map, start, place); });
}

// Has the phase of `state` (or the phase of this parity) completed?
HELPER bool ptx_mbarrier_done(const volatile uint64_t *barrier, uint64_t state, bool is_parity) {
  uint64_t waited = is_parity ? (state & 1) << 63 : state & kPhase;
  return (*barrier & kPhase) != waited;
}

HELPER uint32_t ptx_mbarrier_pending(uint64_t state) {
  return static_cast<uint32_t>(state & kCountMask);
}
