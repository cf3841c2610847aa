// What a thread has of its own: its lane, its stack of contexts.
#pragma once

#include <stdint.h>

struct gf_lane_client;

#define GF_CONTEXT_STACK_MAX 64u

struct gf_thread {
  struct gf_lane_client *lane; ///< NULL until this thread's first call that travels
  uint64_t context;            ///< guest handle of the current context, 0: none
  uint64_t *stack;             ///< the contexts below it, allocated on the first push
  uint32_t depth;
  uint64_t down_context; ///< the current context, if it is a primary one that was reset or released
  void *scratch;         ///< see gf_thread_scratch
};

// Initial-exec: the launch path reads these with one instruction. The block is small enough for
// glibc's spare static TLS, should the library be opened late.
extern _Thread_local struct gf_thread gf_thread __attribute__((tls_model("initial-exec")));

/// Above 0 inside a _ptsz or _ptds entry point: stream 0 means the thread's own default stream.
extern _Thread_local int gf_per_thread_stream __attribute__((tls_model("initial-exec")));

/// A block of memory of this thread's own, valid until the next call; NULL without memory.
void *gf_thread_scratch(uint64_t bytes);

/// Gives this thread a lane. 0, or -1 (the reason was logged).
int gf_thread_open_lane(void);
