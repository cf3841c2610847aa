// Guest handles: the numbers that an application holds for streams, events, modules and the like.
//
//   63      48 47      40 39   32 31        24 23            0
//  ┌──────────┬──────────┬───────┬────────────┬───────────────┐
//  │    0     │   0x67   │ kind  │ generation │     index     │
//  └──────────┴──────────┴───────┴────────────┴───────────────┘
//
// The guest makes them, so that creating an object need not wait for the host; the executor's object
// table maps them to native handles and believes none of them. The value is a canonical address that
// nothing is mapped at: an application that follows it faults in its own process. `generation` makes
// a destroyed handle's successor a different number, so that use after destruction is an error and
// not somebody else's stream. Index 0 is not used. Indexes with GF_HANDLE_HOST_BIT were made by the
// executor, for objects that the driver made of itself (a captured graph's nodes, for example).
//
// The special streams (0, 1 legacy, 2 per-thread) are not handles and are passed as they are.
#pragma once

#include "base.h"

#define GF_HANDLE_TAG 0x67ull
#define GF_HANDLE_INDEX_MASK 0xffffffull
#define GF_HANDLE_HOST_BIT 0x800000ull
/// Indexes per kind that the executor keeps a slot for; one more is CUDA_ERROR_OUT_OF_MEMORY.
#define GF_HANDLE_INDEX_MAX (1u << 20)

static inline uint64_t gf_handle_make(uint32_t kind, uint32_t generation, uint32_t index) {
  return GF_HANDLE_TAG << 40 | (uint64_t)(kind & 0xff) << 32 | (uint64_t)(generation & 0xff) << 24 |
         (index & GF_HANDLE_INDEX_MASK);
}
/// Non-zero if `handle` has the form of a guest handle of this kind; says nothing about whether it lives.
static inline int gf_handle_is(uint64_t handle, uint32_t kind) {
  return handle >> 32 == (GF_HANDLE_TAG << 8 | kind);
}
static inline uint32_t gf_handle_kind(uint64_t handle) { return (handle >> 32) & 0xff; }
static inline uint32_t gf_handle_generation(uint64_t handle) { return (handle >> 24) & 0xff; }
static inline uint32_t gf_handle_index(uint64_t handle) { return handle & GF_HANDLE_INDEX_MASK; }
