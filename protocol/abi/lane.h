// A lane: one guest thread's way to the executor. Single producer (the guest thread), single
// consumer (whichever executor thread is the issuer at the moment; see docs/design/issuer.md).
//
//   offset 0      producer line   head, written by the guest
//   offset 64     consumer line   tail, written by the executor
//   offset 128    reply line      reply_seq and status, by the executor; parked flag, by the guest
//   offset 4096   reply data      GF_REPLY_DATA_BYTES; owned by the executor from a sync frame's
//                                 publication to its reply_seq, by the guest after that
//   offset 65536  ring            GF_RING_BYTES; mapped twice in a row by both sides, so that no
//                                 frame ever wraps
//
// head and tail count bytes since the lane was opened and never wrap in practice; the ring position
// is `count & (GF_RING_BYTES - 1)`. head − tail is what lies in the ring and is at most
// GF_RING_BYTES.
#pragma once

#include "base.h"

#define GF_LANE_BYTES (512u << 10)
#define GF_REPLY_OFFSET_BYTES 4096u
#define GF_REPLY_DATA_BYTES (60u << 10)
#define GF_RING_OFFSET_BYTES (64u << 10)
#define GF_RING_BYTES (256u << 10)

struct gf_lane {
  // Producer line. Release-stored by the guest after a frame's last byte; acquire-loaded by the
  // issuer.
  uint64_t head;
  uint32_t state;     ///< GF_LANE_*; the guest opens and closes, the executor acknowledges
  uint32_t kind;      ///< GF_LANE_KIND_*, fixed while open
  uint32_t guest_cpu; ///< hint, by the guest: the core that its thread published on lately
  uint8_t pad0[44];
  // Consumer line. Release-stored by the issuer after a frame was copied out; acquire-loaded by the
  // guest when its own copy of tail says that the ring is full.
  uint64_t tail;
  uint32_t producer_parked; ///< futex word: 1 while the guest sleeps on a full ring
  uint32_t doorbell;        ///< futex word of a GL lane's own thread, by the rules of
                            ///< gf_region.doorbell; a CUDA lane has the region's
  uint32_t executor_cpu;    ///< hint, by a GL lane's own thread: the core that it runs on
  uint32_t staged_parked;   ///< futex word: 1 while the guest sleeps until `staged` moves
  /// GL: counted as tail, the end of the last frame *executed* that named memory of the heap: what
  /// frames up to there named is the guest's again.
  uint64_t staged;
  uint8_t pad1[32];
  // Reply line. The executor writes status, size and data, then release-stores reply_seq = the
  // number of sync frames answered; the guest acquire-loads it. The guest sleeps on reply_seq
  // itself.
  uint32_t reply_seq;    ///< futex word
  uint32_t reply_parked; ///< 1 while the guest sleeps; Dekker partner of reply_seq
  int32_t status;        ///< the native driver's result, verbatim
  uint32_t size_bytes;   ///< of the reply data
  uint8_t pad2[48];
};
GF_STATIC_ASSERT(sizeof(struct gf_lane) == 192, "three cache lines");
GF_STATIC_ASSERT(offsetof(struct gf_lane, tail) == 64, "consumer line");
GF_STATIC_ASSERT(offsetof(struct gf_lane, staged) == 88, "natural alignment, no padding");
GF_STATIC_ASSERT(offsetof(struct gf_lane, reply_seq) == 128, "reply line");
GF_STATIC_ASSERT(GF_REPLY_OFFSET_BYTES + GF_REPLY_DATA_BYTES == GF_RING_OFFSET_BYTES,
                 "reply, then ring");
GF_STATIC_ASSERT(GF_RING_OFFSET_BYTES + GF_RING_BYTES <= GF_LANE_BYTES, "ring fits the lane");
GF_STATIC_ASSERT((GF_RING_BYTES & (GF_RING_BYTES - 1)) == 0, "ring positions are masked");

// FREE → OPEN (guest, after it reset the lane) → CLOSING (guest thread ends) → FREE (executor, when
// the ring is empty and what belonged to the lane is gone). Only the named side makes the
// transition.
enum {
  GF_LANE_FREE = 0,
  GF_LANE_OPEN = 1,
  GF_LANE_CLOSING = 2,
};

enum {
  GF_LANE_KIND_CUDA = 0, ///< frames of all such lanes are issued in the order of their tickets
  GF_LANE_KIND_GL = 1,   ///< an executor thread of its own; points order it with other GL lanes
};
