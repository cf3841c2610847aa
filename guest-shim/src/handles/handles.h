// Guest handles: made, looked up and ended without asking anybody. See protocol/abi/handle.h.
#pragma once

#include <stdint.h>

#include "abi/handle.h"

#define GF_HANDLE_KINDS_MAX 64u
#define GF_SLOTS_PER_CHUNK 1024u

struct gf_slot {
  uint64_t handle;  ///< 0: free
  void *meta;       ///< what the shim knows of the object; its kind says which type
  uint64_t ticket;  ///< events: 1 + ticket of the last record, 0: none; streams: synchronised below
  uint64_t owner;   ///< events: the stream recorded on; streams: flags
  uint64_t context; ///< current where it was made, 0: none, UINT64_MAX: one that went
  uint32_t next_free; ///< index, 0: none
  uint32_t generation;
};

/// Tables of slots, by kind and index. Chunks appear once and stay: readers take no lock.
extern struct gf_slot
    *gf_slot_chunks[GF_HANDLE_KINDS_MAX][GF_HANDLE_INDEX_MAX / GF_SLOTS_PER_CHUNK];

/// The slot of a live guest-made handle of this kind; NULL for anything else.
static inline struct gf_slot *gf_slot(uint64_t handle, uint32_t kind) {
  uint32_t index = gf_handle_index(handle);
  if (!gf_handle_is(handle, kind) || index >= GF_HANDLE_INDEX_MAX)
    return (struct gf_slot *)0;
  struct gf_slot *chunk =
      __atomic_load_n(&gf_slot_chunks[kind][index / GF_SLOTS_PER_CHUNK], __ATOMIC_ACQUIRE);
  if (chunk == (struct gf_slot *)0)
    return (struct gf_slot *)0;
  struct gf_slot *slot = &chunk[index % GF_SLOTS_PER_CHUNK];
  return __atomic_load_n(&slot->handle, __ATOMIC_ACQUIRE) == handle ? slot : (struct gf_slot *)0;
}

/// A new handle with an empty slot (meta NULL); 0 when none is left. Thread-safe.
uint64_t gf_handle_new(uint32_t kind);

/// Takes the context from every handle of this kind that was made in it: the objects went with it. The handles stay until
/// somebody ends them, since the executor has their names.
void gf_handles_orphan(uint32_t kind, uint64_t context);

/// Ends a handle for good: the executor has its name and was not told, so no successor may have its index.
void gf_handle_retire(uint64_t handle);

/// Ends a handle; its successor at this index is a different number. Frees nothing of meta's.
void gf_handle_end(uint64_t handle);
