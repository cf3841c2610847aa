// Occupancy: the driver's answer, asked once for each (function, block size, shared memory).
#pragma once

#include "cuda/launch.h"

/// Blocks of `function` that one multiprocessor holds at a time.
CUresult gf_occupancy(uint64_t function, int block_threads, uint64_t dynamic_shared_bytes,
                      uint32_t flags, int *blocks);

/// A function attribute has changed: its answers may have too.
void gf_occupancy_forget(uint64_t function);

/// A cooperative launch has to fit the device as a whole. Of a shape that gf_launch_is_certain().
int gf_launch_fits_cooperative(uint64_t function, const struct gf_launch_shape *shape);
