#include "staging/staging.h"

#include <stdlib.h>

#include "base/futex.h"
#include "heap/heap.h"
#include "session/courier.h"
#include "session/session.h"

#define GF_STAGING_SLEEP_NS 100000000ull

struct gf_staging *gf_staging_of(struct gf_lane_client *lane) {
  if (lane->staging != NULL || gf_session.heap == NULL)
    return lane->staging;
  struct gf_staging *staging = calloc(1, sizeof *staging);
  struct gf_heap_block block;
  const uint64_t data_bytes = (uint64_t)GF_STAGING_SLOTS * GF_STAGING_SLOT_BYTES;
  if (staging == NULL || !gf_heap_reserve(data_bytes + GF_PAGE_BYTES, GF_HEAP_STAGING, &block)) {
    free(staging);
    return NULL;
  }
  if (!gf_heap_make_present(block.offset_bytes + data_bytes, GF_PAGE_BYTES)) { // the words
    gf_heap_free(block.offset_bytes);
    free(staging);
    return NULL;
  }
  const int all_present = gf_heap_make_huge(block.offset_bytes, data_bytes);
  staging->block_offset_bytes = block.offset_bytes;
  staging->spin.budget_ns = GF_SPIN_MAX_NS;
  for (uint32_t i = 0; i < GF_STAGING_SLOTS; i++) {
    struct gf_staging_slot *slot = &staging->slots[i];
    slot->data_offset_bytes = block.offset_bytes + (uint64_t)i * GF_STAGING_SLOT_BYTES;
    slot->data = gf_session.heap + slot->data_offset_bytes;
    slot->present_bytes = all_present ? GF_STAGING_SLOT_BYTES : 0;
    slot->done_offset_bytes = block.offset_bytes + data_bytes + i * GF_CACHE_LINE_BYTES;
    slot->done = (uint32_t *)(gf_session.heap + slot->done_offset_bytes);
    gf_store_relaxed(slot->done, 1);
  }
  lane->staging = staging;
  return staging;
}

int gf_staging_wait(struct gf_staging *staging, struct gf_staging_slot *slot) {
  int met;
  // Partner: the executor's release of `done` after it has read or written the slot.
  GF_SPIN_UNTIL(&staging->spin, &gf_session.region->issuer_cpu, gf_load_acquire(slot->done) != 0,
                met);
  if (met)
    return 0;
  while (!met) {
    // The executor wakes after every store, so there is no parked flag to keep.
    gf_futex_wait(slot->done, 0, GF_STAGING_SLEEP_NS);
    met = gf_load_acquire(slot->done) != 0;
    if (!met) {
      gf_courier_drain();
      if (gf_session_check())
        return -1;
    }
  }
  gf_spin_slept(&staging->spin);
  return 0;
}

/// Small pages of shared memory cost a microsecond or two each before the first byte is copied: where
/// there are no huge ones, a program that copies little makes few of them.
static int make_present(struct gf_staging_slot *slot, size_t bytes) {
  if (slot->present_bytes >= bytes)
    return 0;
  const size_t pages_bytes = (bytes + GF_PAGE_BYTES - 1) & ~(size_t)(GF_PAGE_BYTES - 1);
  if (!gf_heap_make_present(slot->data_offset_bytes, pages_bytes))
    return -1;
  slot->present_bytes = pages_bytes;
  return 0;
}

struct gf_staging_slot *gf_staging_take(struct gf_staging *staging, size_t bytes) {
  struct gf_staging_slot *slot = &staging->slots[staging->next % GF_STAGING_SLOTS];
  if (gf_staging_wait(staging, slot) != 0 || make_present(slot, bytes) != 0)
    return NULL;
  staging->next++;
  gf_store_relaxed(slot->done, 0); // published with the frame that names the slot
  return slot;
}

static void free_kept(struct gf_staging *staging) {
  if (staging->kept.size_bytes != 0)
    gf_heap_free(staging->kept.offset_bytes);
  staging->kept = (struct gf_heap_range){0, 0};
}

uint64_t gf_staging_borrow(struct gf_staging *staging, uint64_t bytes) {
  if (staging->kept.size_bytes >= bytes)
    return staging->kept.offset_bytes;
  free_kept(staging);
  struct gf_heap_block block;
  if (!gf_heap_alloc(bytes, GF_HEAP_STAGING, &block))
    return 0;
  staging->kept = (struct gf_heap_range){block.offset_bytes, bytes};
  return block.offset_bytes;
}

void gf_staging_give_back(struct gf_staging *staging) {
  if (staging->kept.size_bytes > GF_STAGING_KEPT_MAX_BYTES)
    free_kept(staging);
}

void gf_staging_close(struct gf_lane_client *lane) {
  struct gf_staging *staging = lane->staging;
  if (staging == NULL)
    return;
  lane->staging = NULL;
  for (uint32_t i = 0; i < GF_STAGING_SLOTS; i++)
    gf_staging_wait(staging, &staging->slots[i]);
  gf_heap_free(staging->block_offset_bytes);
  free_kept(staging);
  free(staging);
}
