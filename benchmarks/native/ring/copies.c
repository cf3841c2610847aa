// The least that a copy can cost: pinned memory lies in the shared heap and is copied once, by the
// host; pageable memory passes through slots of the heap, in chunks, so that the guest's copy of one
// chunk runs beside the host's copy of the one before.
//
//   heap   0       one flag a slot: 1 when the host is done with it
//          4096    pinned memory, or the slots
#include "ring/copies.h"

#include <sched.h>
#include <stdlib.h>
#include <string.h>

#include "common/noise.h"
#include "ring/frames.h"

#define SLOT_BYTES (512u << 10)
#define SLOTS 8u
#define DATA_OFFSET_BYTES GF_PAGE_BYTES

static uint8_t *g_host;

static uint32_t *flag_of(unsigned slot) { return (uint32_t *)bench_ring_heap() + 1 + slot; }
static uint64_t flag_offset_bytes(unsigned slot) { return (1 + slot) * sizeof(uint32_t); }
static uint8_t *slot_memory(unsigned slot) {
  return bench_ring_heap() + DATA_OFFSET_BYTES + (size_t)slot * SLOT_BYTES;
}

/// The host may have been woken on this very core: yield early.
static void wait_for_slot(unsigned slot) {
  for (unsigned spins = 1; gf_load_acquire(flag_of(slot)) == 0; spins++) {
    gf_cpu_relax();
    if (spins % 64 == 0)
      sched_yield();
  }
}

static void send(int to_device, uint64_t offset_bytes, uint64_t size_bytes, uint64_t done_bytes) {
  struct gf_lane_client *lane = bench_ring_lane();
  const struct gf_heap_range memory = {offset_bytes, size_bytes};
  struct gf_frame *frame = bench_frame(lane, to_device ? GF_OP_gfCopyIn : GF_OP_gfCopyOut,
                                       sizeof(struct gf_gfCopyIn_args));
  if (to_device)
    *(struct gf_gfCopyIn_args *)(frame + 1) =
        (struct gf_gfCopyIn_args){.memory = memory, .done_offset_bytes = done_bytes};
  else
    *(struct gf_gfCopyOut_args *)(frame + 1) =
        (struct gf_gfCopyOut_args){.memory = memory, .done_offset_bytes = done_bytes};
  gf_lane_publish(lane, frame);
}

static void send_slot(int to_device, unsigned slot, uint64_t size_bytes) {
  gf_store_relaxed(flag_of(slot), 0);
  send(to_device, DATA_OFFSET_BYTES + (uint64_t)slot * SLOT_BYTES, size_bytes,
       flag_offset_bytes(slot));
}

static uint64_t chunk_bytes(const struct bench_copy *copy, uint64_t chunk) {
  const uint64_t left = copy->bytes - chunk * SLOT_BYTES;
  return left < SLOT_BYTES ? left : SLOT_BYTES;
}

static void pageable_in(const struct bench_copy *copy, uint64_t chunks) {
  for (uint64_t i = 0; i < chunks; i++) {
    const unsigned slot = (unsigned)(i % SLOTS);
    if (i >= SLOTS)
      wait_for_slot(slot);
    memcpy(slot_memory(slot), g_host + i * SLOT_BYTES, chunk_bytes(copy, i));
    send_slot(1, slot, chunk_bytes(copy, i));
  }
  bench_ring_call(bench_ring_lane());
}

static void pageable_out(const struct bench_copy *copy, uint64_t chunks) {
  for (uint64_t i = 0; i < chunks + SLOTS; i++) {
    if (i >= SLOTS && i - SLOTS < chunks) {
      const uint64_t arrived = i - SLOTS;
      const unsigned slot = (unsigned)(arrived % SLOTS);
      wait_for_slot(slot);
      memcpy(g_host + arrived * SLOT_BYTES, slot_memory(slot), chunk_bytes(copy, arrived));
    }
    if (i < chunks)
      send_slot(0, (unsigned)(i % SLOTS), chunk_bytes(copy, i));
  }
}

void bench_ring_copy(const struct bench_copy *copy) {
  if (copy->pinned) {
    send(copy->to_device, DATA_OFFSET_BYTES, copy->bytes, 0);
    bench_ring_call(bench_ring_lane());
    return;
  }
  const uint64_t chunks = (copy->bytes + SLOT_BYTES - 1) / SLOT_BYTES;
  if (copy->to_device)
    pageable_in(copy, chunks);
  else
    pageable_out(copy, chunks);
}

const char *bench_ring_copy_open(const struct bench_copy *copy) {
  if (copy->bytes > BENCH_HEAP_BYTES - DATA_OFFSET_BYTES)
    return "larger than the bench's heap";
  g_host = copy->pinned ? bench_ring_heap() + DATA_OFFSET_BYTES : malloc(copy->bytes);
  if (g_host == NULL)
    return "no host memory";
  bench_noise((uint64_t *)g_host, copy->bytes / sizeof(uint64_t), copy->bytes + 1);
  return NULL;
}

const char *bench_ring_copy_close(const struct bench_copy *copy) {
  if (!copy->pinned)
    free(g_host);
  return NULL;
}
