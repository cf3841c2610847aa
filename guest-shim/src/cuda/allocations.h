// What the guest knows of the session's device memory: which addresses are allocations, and whose.
// From it come the answers about pointers, the direction of cuMemcpy, and the proof that an
// asynchronous call on a range cannot fail for its range.
#pragma once

#include <stdint.h>

#include "cuda_api.h"

enum gf_allocation_kind {
  GF_ALLOCATION_DEVICE, ///< cuMemAlloc, cuMemAllocPitch
  GF_ALLOCATION_POOL,   ///< cuMemAllocAsync
  GF_ALLOCATION_GLOBAL, ///< a variable of a module or library
  GF_ALLOCATION_GRAPH, ///< of a graph's allocation node; the host knows whether it is allocated now
  GF_ALLOCATION_FOREIGN,  ///< another process's, by cuIpcOpenMemHandle or a shared pool
  GF_ALLOCATION_RESERVED, ///< addresses of cuMemAddressReserve; the host knows what is mapped there
};

struct gf_allocation {
  CUdeviceptr base;
  uint64_t size_bytes;
  enum gf_allocation_kind kind;
  uint64_t owner;  ///< context handle; of a global: the module's or library's
  uint64_t id;     ///< CU_POINTER_ATTRIBUTE_BUFFER_ID
  int sync_memops; ///< CU_POINTER_ATTRIBUTE_SYNC_MEMOPS
  uint64_t pool;   ///< the pool's handle, of GF_ALLOCATION_POOL; 0: the device's first one
};

/// Adds an allocation (over one of the same base, and over those of graphs, which end unseen). 0, or -1 without memory.
int gf_allocations_add(CUdeviceptr base, uint64_t size_bytes, enum gf_allocation_kind kind,
                       uint64_t owner);

/// The allocation that holds `address`. Non-zero if there is one.
int gf_allocations_find(CUdeviceptr address, struct gf_allocation *found);

/// A range that begins in an allocation and does not fit it: the driver's INVALID_VALUE, known here.
int gf_allocations_overrun(CUdeviceptr address, uint64_t bytes);

/// From now on other processes may look at memory that this one has allocated.
void gf_allocations_are_shared(void);

/// A range of device memory that nobody but this process's own calls can look at: not the application itself, and no
/// other process.
int gf_allocations_hide(CUdeviceptr address, uint64_t bytes);

/// Notes the pool that the allocation which begins at `base` is from.
void gf_allocations_set_pool(CUdeviceptr base, uint64_t pool);

/// Keeps what cuPointerSetAttribute said of the allocation that holds `address`. Non-zero if there is one.
int gf_allocations_set_sync_memops(CUdeviceptr address, int sync_memops);

/// Forgets the allocation that begins at `base`. Non-zero if there was one.
int gf_allocations_remove(CUdeviceptr base);

/// What was `owner`'s is `heir`'s from now on.
void gf_allocations_hand_over(uint64_t owner, uint64_t heir);

/// Forgets everything of a context, module or library that went.
void gf_allocations_forget(uint64_t owner);

/// Forgets everything: in a forked child.
void gf_allocations_reset(void);
