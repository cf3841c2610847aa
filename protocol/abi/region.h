// The region: the one memfd that guest and executor share. Sealed against growing and shrinking by
// the server before either side sees it. Sparse: pages cost memory only once touched.
//
//   0                         session header (one page)
//   GF_LANES_OFFSET_BYTES     GF_LANE_COUNT lanes of GF_LANE_BYTES
//   GF_HEAP_OFFSET_BYTES      heap: staging slots, pinned and managed host memory; laid out by the
//                             guest's allocator, named in frames by offset, checked by the executor
//
// The heap is mapped at GF_HEAP_ADDRESS on both sides, where that address is free (it is, in a
// process that does not fill 32 TiB of address space), so that a pinned host pointer means the same
// in the guest, in the executor and in a kernel, as CUDA's unified addressing promises. A guest that
// cannot map it there has no pinned memory: its allocations fail with CUDA_ERROR_OUT_OF_MEMORY and
// one log line, rather than handing out pointers that kernels cannot follow.
#pragma once

#include "base.h"
#include "lane.h"

#define GF_LANE_COUNT 256u
#define GF_LANES_OFFSET_BYTES GF_PAGE_BYTES
#define GF_HEAP_OFFSET_BYTES (256ull << 20)
#ifndef GF_HEAP_ADDRESS // ThreadSanitizer keeps its own books there: its tests choose another
#define GF_HEAP_ADDRESS 0x200000000000ull
#endif
#define GF_REGION_MAGIC 0x6e676572796c6667ull

GF_STATIC_ASSERT(GF_LANES_OFFSET_BYTES + (uint64_t)GF_LANE_COUNT * GF_LANE_BYTES <=
                     GF_HEAP_OFFSET_BYTES,
                 "lanes end before the heap");

struct gf_region {
  // Written by the server before the guest gets the region; for the guest. (The executor is told
  // the same by the server directly and never reads these.)
  uint64_t magic;
  uint32_t abi_version;
  uint32_t lane_count;
  uint64_t heap_bytes;
  uint64_t session_id;
  uint8_t pad0[32];
  // Guest line.
  uint64_t next_ticket;  ///< fetch_add by guest threads, just before they publish a CUDA frame
  uint32_t lanes_in_use; ///< one more than the highest lane ever opened; only grows
  uint32_t pad1;
  uint64_t next_gl_point; ///< fetch_add by guest threads, just before they publish a GL point
  uint8_t pad2[40];
  // Issuer line: the doorbell. Even: an executor thread looks at the rings, or has been called.
  // Odd: nobody does. The executor stores a fresh odd number before it sleeps or blocks, fences, and
  // looks at every lane again; a guest that has published fences, and if it sees an odd number it
  // adds one by compare-and-swap and, having won, wakes one waiter. Numbers do not come back, so
  // that a thread on its way to sleep cannot miss a ring (docs/design/issuer.md). While an issuer is
  // awake no guest makes a system call.
  uint32_t doorbell; ///< futex word
  uint8_t pad3[60];
  // Executor line, read by every stub on its way in.
  // Of sticky_error: 0, calls go on as usual. Positive: the session is over, and this is what every call
  // returns. Negative: the driver's error -sticky_error broke a context, and the driver itself answers
  // every call now, until it has ended that context.
  int32_t sticky_error;   ///< see above
  int32_t deferred_error; ///< first error of an async call not yet reported; the guest exchanges it
                          ///< with 0
  uint32_t state;         ///< GF_SESSION_*
  uint32_t courier_sent;  ///< packets put on the courier so far, counted before each send: a call
                          ///< that synchronised knows from it whether there is text to print first
  uint64_t issued_ticket; ///< tickets below this one were issued to the driver; for diagnosis
  uint32_t issuer_cpu;    ///< hint: the core that the issuer looked for work on last
  uint32_t pad4;
  uint64_t broken_context; ///< the guest's handle of the context that `sticky_error` < 0 is about
  uint8_t pad5[24];
};
GF_STATIC_ASSERT(sizeof(struct gf_region) == 256, "four cache lines");
GF_STATIC_ASSERT(offsetof(struct gf_region, next_ticket) == 64, "guest line");
GF_STATIC_ASSERT(offsetof(struct gf_region, doorbell) == 128, "issuer line");
GF_STATIC_ASSERT(offsetof(struct gf_region, sticky_error) == 192, "executor line");

enum {
  GF_SESSION_LIVE = 0,
  GF_SESSION_POISONED = 1, ///< a malformed frame: the executor answers nothing more
  GF_SESSION_REVOKED = 2,  ///< ended by the host's admin or by its quota of time
};
