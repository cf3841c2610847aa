// Long arrays in the heap, a block each, kept until this lane has waited for the executor.
#include <stdlib.h>
#include <string.h>

#include "gl/stub.h"
#include "heap/heap.h"
#include "session/session.h"

uint64_t gf_gl_stage(struct gf_gl_lane *lane, const void *data, uint64_t bytes) {
  (void)lane;
  struct gf_heap_block block;
  if (!gf_heap_alloc(bytes, GF_HEAP_STAGING, &block))
    return UINT64_MAX;
  memcpy(gf_session.heap + block.offset_bytes, data, bytes);
  return block.offset_bytes;
}
