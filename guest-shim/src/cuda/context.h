// Contexts as the guest knows them: enough to answer everything about "current" without a call.
#pragma once

#include "cuda/storage.h"
#include "cuda/stub.h"

struct gf_context {
  uint64_t handle;
  CUdevice device;
  int is_primary;
  unsigned users; ///< of cuCtxAttach, beside who created it
  int is_up;      ///< exists on the host; a primary context's handle is known before it is retained
  int was_up;     ///< of a primary context: it existed at some time
  struct gf_storage storage; ///< what cudart keeps for this context
};

/// The record of a live context; NULL for anything else.
struct gf_context *gf_context_of(CUcontext context);

/// The calling thread's current context; NULL if none is, or it was destroyed.
struct gf_context *gf_context_current(void);

/// A handle with its record; 0 when memory or handles have run out.
uint64_t gf_context_new(CUdevice device, int is_primary);

/// Ends a handle that gf_context_new made and that came to nothing.
void gf_context_drop(uint64_t handle);

/// The host destroyed the context: it is no longer current here, and its record goes.
void gf_context_destroyed(uint64_t handle);

/// The context's objects are gone: runs the storage's destructors, forgets its allocations.
void gf_context_emptied(struct gf_context *context);

/// As cuCtxPushCurrent, without its checks. 0, or -1 when the stack is full.
int gf_context_push(uint64_t handle);
