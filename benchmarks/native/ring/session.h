// The bare ring: a guest's lanes (guest-shim/src/lane) and an executor's issuer (native/executor),
// with everything else cut away: no CUDA API on this side, no driver on that one. What is left is
// the price of the transport alone.
#pragma once

#include <stdint.h>

#include "lane/lane.h"

#define BENCH_HEAP_BYTES (320ull << 20)

/// Starts the host process and maps the region that both share. Ends the program if it cannot.
void bench_ring_open(void);

/// The shared heap, as mapped here.
uint8_t *bench_ring_heap(void);

/// The calling thread's lane, opened on first use.
struct gf_lane_client *bench_ring_lane(void);

/// The host process: an issuer whose calls do nothing, or copy. Does not return.
void bench_ring_host(int region_fd, uint64_t heap_bytes) __attribute__((noreturn));
