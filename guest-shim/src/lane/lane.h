// The guest's end of a lane: one thread's ring, single producer.
//
//   gf_lane_reserve   room for a frame at the ring's head (waits while the ring is full)
//   gf_lane_publish   ticket, head, doorbell: the frame is the executor's from here on
//   gf_lane_await     the reply of a sync frame
//
// Nothing here takes a lock or makes a system call, but for a full ring, a parked issuer and a reply
// that takes longer than the spin budget.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "abi/frame.h"
#include "abi/lane.h"
#include "abi/region.h"
#include "base/spin.h"

/// So often, in frames, a lane says which core its thread runs on.
#define GF_CPU_HINT_EVERY 64u

struct gf_lane_client {
  // What the launch path touches comes first: one cache line.
  uint8_t *ring;            ///< mapped twice in a row: a frame is always contiguous
  struct gf_lane *shared;   ///< the lane's header
  struct gf_region *region; ///< the session's header
  uint64_t head;            ///< our own copy; the executor sees shared->head
  uint64_t room_end; ///< the tail last seen + GF_RING_BYTES: reserve up to here without looking
  struct gf_frame *frame; ///< the reserved frame, NULL between frames
  uint64_t work_ticket; ///< 1 + ticket of the last frame that may leave work on the device; 0: none
  uint32_t
      owes_error; ///< what the last call returned is the error of an earlier one: it succeeded itself
  uint32_t contexts_gone; ///< `gf_contexts_gone` when this lane last looked
  uint64_t told_context;  ///< the context that the executor's side of this lane has current
  uint64_t last_ticket;   ///< of the frame published last
  uint32_t syncs;         ///< sync frames published
  uint32_t index;         ///< in the region
  uint32_t *doorbell;     ///< of whoever takes this lane's frames: the region's, or the lane's own
  uint32_t *partner_cpu;  ///< hint: the core that the same last ran on
  struct gf_spin reply_spin;
  struct gf_spin room_spin;
  void *oversize; ///< stands in for a frame that no ring can hold
  void *staging;  ///< the staging room's slots for this lane, made on first use
};

/// A lane of this kind (GF_LANE_KIND_*) for the calling thread, at the head of a zeroed structure of
/// `client_bytes`, whose rest is the caller's; or NULL, the reason having been logged.
struct gf_lane_client *gf_lane_open(uint32_t kind, size_t client_bytes);

/// Gives the lane back: what lies in the ring is still executed.
void gf_lane_close(struct gf_lane_client *lane);

/// Calls `visit` for every open lane of this process, under the lock that open and close take.
void gf_lane_each(void (*visit)(struct gf_lane_client *lane, void *argument), void *argument);

/// Makes room for `size_bytes` (header included, a multiple of 8, at most GF_FRAME_MAX_BYTES) at
/// the head. Never NULL: in a session that is over the frame goes nowhere.
struct gf_frame *gf_lane_wait_room(struct gf_lane_client *lane, uint32_t size_bytes);

static inline struct gf_frame *gf_lane_reserve(struct gf_lane_client *lane, uint32_t size_bytes) {
  if (__builtin_expect(lane->head + size_bytes > lane->room_end, 0))
    return gf_lane_wait_room(lane, size_bytes);
  return (struct gf_frame *)(lane->ring + (lane->head & (GF_RING_BYTES - 1)));
}

/// Calls an executor thread. `seen` is the odd number that the doorbell showed.
void gf_lane_ring_doorbell(uint32_t *doorbell, uint32_t seen);

/// After publishing: does anybody look at the rings? Dekker partner: whoever stops looking stores an
/// odd doorbell, fences, and looks at every head once more.
static inline void gf_lane_look_at_doorbell(uint32_t *doorbell) {
  gf_fence_seq_cst();
  uint32_t seen = gf_load_relaxed(doorbell);
  if (__builtin_expect(seen & 1, 0))
    gf_lane_ring_doorbell(doorbell, seen);
}

static inline void gf_lane_publish(struct gf_lane_client *lane, struct gf_frame *frame) {
  // Relaxed: the order that counts is that of the numbers. No gap is left between taking the ticket
  // and showing the frame, because the issuer waits for the ticket to appear.
  uint64_t ticket = gf_fetch_add_relaxed(&lane->region->next_ticket, 1);
  frame->ticket = ticket;
  lane->last_ticket = ticket;
  lane->head += frame->size_bytes;
  // Partner: the issuer's acquire of head. Everything written to the frame is visible with it.
  gf_store_release(&lane->shared->head, lane->head);
  if (__builtin_expect(ticket % GF_CPU_HINT_EVERY == 0, 0))
    gf_store_relaxed(&lane->shared->guest_cpu, (uint32_t)sched_getcpu());
  gf_lane_look_at_doorbell(&lane->region->doorbell);
}

/// Waits until the executor has answered `lane->syncs` sync frames. 0, or -1 when the session is
/// over. Reply data lies in gf_lane_reply().
int gf_lane_await(struct gf_lane_client *lane);

static inline const void *gf_lane_reply(const struct gf_lane_client *lane) {
  return (const uint8_t *)lane->shared + GF_REPLY_OFFSET_BYTES;
}
