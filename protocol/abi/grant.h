// The grant page: how the server meters GPU time without being on the data path. A memfd of one
// page that the server and one session's executor share; the guest never sees it.
//
// The server writes the first line once per scheduling tick; the executor writes the second as it
// works. An executor that has used what it was granted sleeps on `grant_seq`; the server increments
// it and wakes.
#pragma once

#include "base.h"

struct gf_grant {
  // Written by the server.
  uint64_t granted_ns; ///< GPU time this session may have used in all; UINT64_MAX: not gated
  uint64_t memory_quota_bytes; ///< device memory it may hold; UINT64_MAX: the device's own limit
  uint32_t grant_seq;          ///< futex word: incremented after granted_ns was written (release)
  uint32_t revoked;            ///< 1: end the session now
  uint8_t pad0[40];
  // Written by the executor.
  uint64_t used_ns;      ///< GPU time used; measured, monotonic
  uint64_t memory_bytes; ///< device memory held now
  uint64_t calls;        ///< frames executed
  uint64_t launches;     ///< kernels launched
  uint64_t copied_bytes; ///< host ↔ device
  uint32_t waiting;      ///< 1 while the executor sleeps for a grant
  uint32_t backlogged;   ///< 1 while the session has work that is not finished
  uint64_t pad1[2];
};
GF_STATIC_ASSERT(sizeof(struct gf_grant) == 128, "two cache lines");
GF_STATIC_ASSERT(offsetof(struct gf_grant, grant_seq) == 16, "generated for TypeScript");
GF_STATIC_ASSERT(offsetof(struct gf_grant, used_ns) == 64, "executor line");
GF_STATIC_ASSERT(offsetof(struct gf_grant, waiting) == 104, "generated for TypeScript");

#define GF_GRANT_UNGATED UINT64_MAX
