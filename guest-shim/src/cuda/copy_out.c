// Device to host.
#include <string.h>

#include "base/log.h"
#include "base/readable.h"
#include "cuda/allocations.h"
#include "cuda/capture.h"
#include "cuda/copy.h"
#include "cuda/host_memory.h"
#include "cuda/progress.h"
#include "heap/alias.h"
#include "session/courier.h"
#include "staging/staging.h"

static void fill(struct gf_lane_client *lane, CUdeviceptr src, uint64_t offset_bytes, size_t bytes,
                 struct gf_copy_order order, uint64_t done_offset_bytes, int is_pinned) {
  struct gf_gfCopyOut_args *args = gf_begin(lane, GF_OP_gfCopyOut, sizeof *args);
  args->src = src;
  args->memory = (struct gf_heap_range){offset_bytes, bytes};
  args->stream = (uint64_t)order.stream;
  args->done_offset_bytes = done_offset_bytes;
  args->is_async = (uint32_t)order.is_async;
  args->is_pinned = (uint32_t)is_pinned;
}

/// The stream has reached this copy: what was sent on it before is complete.
static void note_progress(struct gf_copy_order order, uint64_t ticket) {
  gf_progress_stream(order.is_async ? order.stream : NULL, ticket);
}

/// One chunk: a round trip, and the driver's own answer.
static CUresult fetch_one(struct gf_lane_client *lane, struct gf_staging *staging, uint8_t *dst,
                          CUdeviceptr src, size_t bytes, struct gf_copy_order order) {
  struct gf_staging_slot *slot = gf_staging_take(staging, bytes);
  if (slot == NULL)
    return gf_copy_no_slot(lane);
  fill(lane, src, slot->data_offset_bytes, bytes, order, slot->done_offset_bytes, 0);
  CUresult result = gf_call(lane, NULL, 0);
  if (result == CUDA_SUCCESS)
    memcpy(dst, slot->data, bytes);
  return result;
}

/// The pipeline: the executor fills slots ahead while the guest empties the oldest.
static CUresult fetch_pipelined(struct gf_lane_client *lane, struct gf_staging *staging,
                                uint8_t *dst, CUdeviceptr src, size_t bytes,
                                struct gf_copy_order order) {
  const size_t chunk_bytes = GF_STAGING_OUT_CHUNK_BYTES;
  struct gf_staging_slot *in_flight[GF_STAGING_SLOTS];
  size_t sent = 0, received = 0; // bytes
  unsigned first = 0, count = 0;
  uint64_t first_ticket = 0;
  while (received < bytes) {
    while (sent < bytes && count < GF_STAGING_SLOTS) {
      const size_t part = bytes - sent < chunk_bytes ? bytes - sent : chunk_bytes;
      struct gf_staging_slot *slot = gf_staging_take(staging, part);
      if (slot == NULL)
        return gf_copy_no_slot(lane);
      fill(lane, src + sent, slot->data_offset_bytes, part, order, slot->done_offset_bytes, 0);
      gf_post_quiet(lane);
      if (sent == 0)
        first_ticket = lane->last_ticket;
      in_flight[(first + count++) % GF_STAGING_SLOTS] = slot;
      sent += part;
    }
    struct gf_staging_slot *slot = in_flight[first];
    if (gf_staging_wait(staging, slot) != 0)
      return (CUresult)gf_load_acquire(&lane->region->sticky_error); // the session is over
    const size_t part = bytes - received < chunk_bytes ? bytes - received : chunk_bytes;
    memcpy(dst + received, slot->data, part);
    received += part;
    first = (first + 1) % GF_STAGING_SLOTS;
    count--;
  }
  gf_courier_catch_up();
  // The executor stores an error before it stores `done`.
  CUresult result = gf_broken(lane->region);
  if (result == CUDA_SUCCESS)
    result = gf_take_deferred(lane);
  if (result == CUDA_SUCCESS)
    note_progress(order, first_ticket);
  return result;
}

CUresult gf_copy_out(void *dst, CUdeviceptr src, size_t bytes, struct gf_copy_order order) {
  struct gf_lane_client *lane;
  CUresult result = gf_enter_current(&lane);
  if (result != CUDA_SUCCESS)
    return result;
  if (bytes == 0)
    return CUDA_SUCCESS;
  // As in gf_copy_in.
  if (gf_is_beyond(dst))
    return order.is_async ? cuMemcpyDtoDAsync_v2((CUdeviceptr)dst, src, bytes, order.stream)
                          : cuMemcpyDtoD_v2((CUdeviceptr)dst, src, bytes);
  const enum gf_alias_fit registered = gf_alias_fit((const void *)src, bytes);
  if (registered == GF_ALIAS_FITS && dst != NULL)
    return gf_copy_on_host(dst, (const void *)src, bytes, order);
  // Before a byte of the application's memory is touched: a wrong length must not run off its end.
  if (dst == NULL || registered == GF_ALIAS_OVERRUN || gf_allocations_overrun(src, bytes))
    return CUDA_ERROR_INVALID_VALUE;
  const int known =
      gf_known_range(src, bytes) && gf_certain((uint64_t)order.stream, GF_KIND_STREAM);
  const int captured = order.is_async && gf_stream_is_capturing(order.stream);
  const uint64_t offset_bytes =
      captured ? gf_host_offset_for_graph(dst, bytes) : gf_host_offset(dst, bytes);
  if (captured && offset_bytes == UINT64_MAX)
    return CUDA_ERROR_NOT_SUPPORTED;
  if (offset_bytes != UINT64_MAX) {
    fill(lane, src, offset_bytes, bytes, order, 0, 1);
    if (known && order.is_async)
      return gf_post(lane);
    result = gf_copy_call(lane, bytes);
    if (result == CUDA_SUCCESS && !order.is_async)
      note_progress(order, lane->last_ticket);
    return result;
  }
  if (!gf_is_readable((const uint8_t *)dst + bytes - 1))
    return CUDA_ERROR_INVALID_VALUE;
  struct gf_staging *staging = gf_staging_of(lane);
  if (staging == NULL) {
    gf_log(GF_LOG_WARN, "no shared memory to copy through");
    return CUDA_ERROR_OUT_OF_MEMORY;
  }
  if (known && bytes > GF_STAGING_OUT_CHUNK_BYTES && gf_load_relaxed(&gf_host_decides) == 0)
    return fetch_pipelined(lane, staging, dst, src, bytes, order);
  for (size_t at = 0; at < bytes && result == CUDA_SUCCESS; at += GF_STAGING_SLOT_BYTES) {
    const size_t rest = bytes - at;
    result = fetch_one(lane, staging, (uint8_t *)dst + at, src + at,
                       rest < GF_STAGING_SLOT_BYTES ? rest : GF_STAGING_SLOT_BYTES, order);
    if (result == CUDA_SUCCESS && at == 0)
      note_progress(order, lane->last_ticket);
  }
  return result;
}
