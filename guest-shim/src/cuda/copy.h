// Copies between host and device: pinned memory by name, pageable memory in frames or through
// staging.
#pragma once

#include <stddef.h>

#include "cuda/stub.h"

/// How a copy relates to the calling thread and to a stream.
struct gf_copy_order {
  CUstream stream;
  int is_async; ///< the call may return before the copy is done, where the host memory is pinned
};

CUresult gf_copy_in(CUdeviceptr dst, const void *src, size_t bytes, struct gf_copy_order order);
CUresult gf_copy_out(void *dst, CUdeviceptr src, size_t bytes, struct gf_copy_order order);

/// Sends a copy of `bytes` and waits for it. Its length says about how long that takes: up to 1 ms the
/// wait does not end in sleep, because waking up again would cost a visible part of the copy.
CUresult gf_copy_call(struct gf_lane_client *lane, size_t bytes);

/// Why there is no staging slot: the session's error, or no memory for one.
static inline CUresult gf_copy_no_slot(const struct gf_lane_client *lane) {
  const int32_t ended = gf_load_acquire(&lane->region->sticky_error);
  return ended > 0 ? (CUresult)ended : CUDA_ERROR_OUT_OF_MEMORY;
}

/// Any copy that CUDA_MEMCPY3D can describe.
CUresult gf_copy_3d(const CUDA_MEMCPY3D *copy, struct gf_copy_order order);

/// Both sides are the application's own memory; the copy still takes its turn in the stream.
CUresult gf_copy_on_host(void *dst, const void *src, size_t bytes, struct gf_copy_order order);

/// Is this an address that kernels can use: device, pinned or managed memory?
int gf_is_device_address(CUdeviceptr address);

/// Is this device memory that this process cannot reach itself? A program that mistakes the direction of a
/// copy passes such an address for a host's.
int gf_is_beyond(const void *address);
