// Staging: how pageable memory crosses. A lane has a few slots in the heap; the guest's memcpy of
// chunk k overlaps the executor's copy of chunk k−1, so that on two cores a copy costs the slower of
// the two halves and not their sum.
//
//   slot:  FREE (done = 1) ──guest takes──► BUSY (done = 0) ──executor has copied──► FREE
//
// `done` is a word in the heap: no round trip per chunk.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "abi/base.h"
#include "lane/lane.h"

#define GF_STAGING_SLOTS 4u
#define GF_STAGING_SLOT_BYTES (128u << 10)

/// How much goes into one slot. Two virtual cores are often two halves of one physical core, so what one
/// side has just written should still lie in their second-level cache when the other side reads it:
/// slots of 512 KiB copied at half the speed of these (benchmarks/results). Less than this, and handling
/// frames begins to show; towards the device the guest is the slower side, and smaller chunks start the
/// executor sooner.
#define GF_STAGING_IN_CHUNK_BYTES (64u << 10)
#define GF_STAGING_OUT_CHUNK_BYTES GF_STAGING_SLOT_BYTES

/// A block for copies of other shapes is kept up to this size: its pages cost more than what is copied.
#define GF_STAGING_KEPT_MAX_BYTES (32u << 20)

struct gf_staging_slot {
  uint8_t *data;
  uint64_t data_offset_bytes; ///< in the heap
  uint64_t present_bytes;     ///< of the slot's memory; grows with the copies
  uint32_t *done;
  uint64_t done_offset_bytes; ///< in the heap
};

struct gf_staging {
  struct gf_staging_slot slots[GF_STAGING_SLOTS];
  uint32_t next; ///< slots are used in turn
  struct gf_spin spin;
  uint64_t block_offset_bytes;
  struct gf_heap_range kept; ///< for gf_staging_borrow
};

/// The lane's staging, made on first use; NULL without a heap or when the heap is full.
struct gf_staging *gf_staging_of(struct gf_lane_client *lane);

/// Waits until the slot is FREE. 0, or -1 when the session is over.
int gf_staging_wait(struct gf_staging *staging, struct gf_staging_slot *slot);

/// The next slot in turn, with `bytes` of it present (at most GF_STAGING_SLOT_BYTES), FREE and then
/// marked BUSY. NULL when the session is over, or when the host has no memory for it.
struct gf_staging_slot *gf_staging_take(struct gf_staging *staging, size_t bytes);

/// A block of the heap for one copy that the call waits for; 0 when the heap is full. One at a time.
uint64_t gf_staging_borrow(struct gf_staging *staging, uint64_t bytes);
void gf_staging_give_back(struct gf_staging *staging);

/// Gives the lane's slots back. What the executor has not read yet is lost: called after the lane's
/// last copy was waited for, and when its thread ends.
void gf_staging_close(struct gf_lane_client *lane);
