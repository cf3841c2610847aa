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
#define GF_STAGING_SLOT_BYTES (512u << 10)

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
};

/// How much to put into one slot: small copies are cut as well, so that both sides have something to
/// do, but never below what a frame costs to handle.
static inline uint64_t gf_staging_chunk_bytes(uint64_t copy_bytes) {
  uint64_t chunk_bytes = (copy_bytes / 4 + GF_PAGE_BYTES - 1) & ~(uint64_t)(GF_PAGE_BYTES - 1);
  if (chunk_bytes < (128u << 10))
    return 128u << 10;
  return chunk_bytes < GF_STAGING_SLOT_BYTES ? chunk_bytes : GF_STAGING_SLOT_BYTES;
}

/// The lane's staging, made on first use; NULL without a heap or when the heap is full.
struct gf_staging *gf_staging_of(struct gf_lane_client *lane);

/// Waits until the slot is FREE. 0, or -1 when the session is over.
int gf_staging_wait(struct gf_staging *staging, struct gf_staging_slot *slot);

/// The next slot in turn, with `bytes` of it present (at most GF_STAGING_SLOT_BYTES), FREE and then
/// marked BUSY. NULL when the session is over, or when the host has no memory for it.
struct gf_staging_slot *gf_staging_take(struct gf_staging *staging, size_t bytes);

/// Gives the lane's slots back. What the executor has not read yet is lost: called after the lane's
/// last copy was waited for, and when its thread ends.
void gf_staging_close(struct gf_lane_client *lane);
