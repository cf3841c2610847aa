// Waiting: for room in a full ring and for replies. Both spin first, then sleep on a futex in the
// region, and look about every 100 ms whether there is still somebody who could wake them.
#include "base/futex.h"
#include "lane/lane.h"
#include "session/courier.h"
#include "session/session.h"

#define GF_SLEEP_NS 100000000ull

void gf_lane_ring_doorbell(uint32_t *doorbell, uint32_t seen) {
  // Several publishers may have seen the same number: the one that raises it makes the system call.
  if (__atomic_compare_exchange_n(doorbell, &seen, seen + 1, 0, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED))
    gf_futex_wake(doorbell, 1);
}

static int has_room(struct gf_lane_client *lane, uint32_t size_bytes) {
  // Partner: the issuer's release of tail after it copied a frame out.
  lane->room_end = gf_load_acquire(&lane->shared->tail) + GF_RING_BYTES;
  return lane->head + size_bytes <= lane->room_end;
}

static void sleep_until_room(struct gf_lane_client *lane, uint32_t size_bytes) {
  unsigned looks = 0;
  for (int met = 0; !met;) {
    // Dekker partner: the issuer stores tail, fences, and looks at producer_parked.
    gf_store_relaxed(&lane->shared->producer_parked, 1);
    gf_fence_seq_cst();
    if (has_room(lane, size_bytes))
      break;
    gf_futex_wait(&lane->shared->producer_parked, 1, GF_SLEEP_NS);
    met = has_room(lane, size_bytes);
    if (!met)
      gf_session_tire(++looks);
    if (!met && gf_session_check()) {
      // Nobody will ever read it: the ring starts over, so that callers need no second path.
      lane->room_end = lane->head + GF_RING_BYTES;
      break;
    }
  }
  gf_store_relaxed(&lane->shared->producer_parked, 0);
  gf_spin_slept(&lane->room_spin);
}

struct gf_frame *gf_lane_wait_room(struct gf_lane_client *lane, uint32_t size_bytes) {
  int met;
  if (lane->doorbell != &lane->region->doorbell) {
    // A GL lane's full ring is thousands of small commands: the executor has work for longer than a spin, and
    // calls when a quarter of it is done.
    met = has_room(lane, size_bytes);
    lane->room_spin.start_ns = met ? 0 : gf_now_ns();
  } else {
    GF_SPIN_UNTIL(&lane->room_spin, lane->partner_cpu, has_room(lane, size_bytes), met);
  }
  if (!met)
    sleep_until_room(lane, size_bytes);
  return (struct gf_frame *)(lane->ring + (lane->head & (GF_RING_BYTES - 1)));
}

static int sleep_until_reply(struct gf_lane_client *lane, uint32_t wanted) {
  uint32_t *const seq = &lane->shared->reply_seq;
  unsigned looks = 0;
  for (int met = 0; !met;) {
    // Dekker partner: the executor stores reply_seq, fences, and looks at reply_parked.
    gf_store_relaxed(&lane->shared->reply_parked, 1);
    gf_fence_seq_cst();
    uint32_t seen = gf_load_acquire(seq);
    if (seen == wanted)
      break;
    gf_futex_wait(seq, seen, GF_SLEEP_NS);
    met = gf_load_acquire(seq) == wanted;
    if (!met) {
      gf_courier_drain(); // a kernel that prints more than the socket holds waits for us
      gf_session_tire(++looks);
      if (gf_session_check() && gf_load_acquire(seq) != wanted) {
        lane->syncs = gf_load_relaxed(seq);
        gf_store_relaxed(&lane->shared->reply_parked, 0);
        return -1;
      }
    }
  }
  gf_store_relaxed(&lane->shared->reply_parked, 0);
  gf_spin_slept(&lane->reply_spin);
  return 0;
}

int gf_lane_await(struct gf_lane_client *lane) {
  const uint32_t wanted = lane->syncs;
  int met;
  gf_store_relaxed(&lane->shared->guest_cpu, (uint32_t)sched_getcpu());
  // Partner: the executor's release of reply_seq after status, size and data.
  GF_SPIN_UNTIL(&lane->reply_spin, lane->partner_cpu,
                gf_load_acquire(&lane->shared->reply_seq) == wanted, met);
  return met ? 0 : sleep_until_reply(lane, wanted);
}
