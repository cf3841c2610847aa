// Host to device.
#include <string.h>

#include "base/readable.h"
#include "cuda/allocations.h"
#include "cuda/capture.h"
#include "cuda/copy.h"
#include "cuda/host_memory.h"
#include "cuda/progress.h"
#include "heap/alias.h"
#include "staging/staging.h"

/// Up to here the bytes travel in the frame: one copy more, but no slot to wait for.
#define GF_INLINE_MAX_BYTES (32u << 10)
/// What one frame can carry when there is no heap.
#define GF_INLINE_LIMIT_BYTES GF_TAIL_MAX_BYTES

/// A synchronous copy is done once the executor has issued it: it leaves no work on the device.
static CUresult finish(struct gf_lane_client *lane, struct gf_copy_order order,
                       int fire_and_forget) {
  if (!fire_and_forget)
    return gf_call(lane, NULL, 0);
  return order.is_async ? gf_post(lane) : gf_post_quiet(lane);
}

static CUresult send_inline(struct gf_lane_client *lane, CUdeviceptr dst, const void *src,
                            size_t bytes, struct gf_copy_order order, int fire_and_forget) {
  struct gf_gfCopyInline_args *args =
      gf_begin(lane, GF_OP_gfCopyInline, sizeof *args + GF_ALIGN8(bytes));
  args->dst = dst;
  args->size_bytes = bytes;
  args->stream = (uint64_t)order.stream;
  args->is_async = (uint32_t)order.is_async;
  args->pad = 0;
  memcpy(args + 1, src, bytes);
  return finish(lane, order, fire_and_forget);
}

static void fill(struct gf_lane_client *lane, CUdeviceptr dst, uint64_t offset_bytes, size_t bytes,
                 struct gf_copy_order order, uint64_t done_offset_bytes, int is_pinned) {
  struct gf_gfCopyIn_args *args = gf_begin(lane, GF_OP_gfCopyIn, sizeof *args);
  args->dst = dst;
  args->memory = (struct gf_heap_range){offset_bytes, bytes};
  args->stream = (uint64_t)order.stream;
  args->done_offset_bytes = done_offset_bytes;
  args->is_async = (uint32_t)order.is_async;
  args->is_pinned = (uint32_t)is_pinned;
}

/// Which chunks of a copy are not waited for.
struct haste {
  int first; ///< no earlier work is to be waited for
  int later; ///< nothing can come back that the first chunk has not said
  int last;  ///< nobody looks at the destination before the executor gets there
};

/// Chunk after chunk through the slots. The call returns when the last byte has left the
/// application's memory, as CUDA's does for pageable memory.
static CUresult send_staged(struct gf_lane_client *lane, CUdeviceptr dst, const uint8_t *src,
                            size_t bytes, struct gf_copy_order order, struct haste haste) {
  struct gf_staging *staging = gf_staging_of(lane);
  const size_t chunk_bytes = staging != NULL ? GF_STAGING_IN_CHUNK_BYTES : GF_INLINE_LIMIT_BYTES;
  for (size_t at = 0; at < bytes; at += chunk_bytes) {
    const size_t part = bytes - at < chunk_bytes ? bytes - at : chunk_bytes;
    const int fire_and_forget =
        (at == 0 ? haste.first : haste.later) && (at + part < bytes || haste.last);
    CUresult result;
    if (staging == NULL) {
      result = send_inline(lane, dst + at, src + at, part, order, fire_and_forget);
    } else {
      struct gf_staging_slot *slot = gf_staging_take(staging, part);
      if (slot == NULL)
        return gf_copy_no_slot(lane);
      memcpy(slot->data, src + at, part);
      fill(lane, dst + at, slot->data_offset_bytes, part, order, slot->done_offset_bytes, 0);
      result = finish(lane, order, fire_and_forget);
    }
    if (result != CUDA_SUCCESS)
      return result;
  }
  return CUDA_SUCCESS;
}

CUresult gf_copy_in(CUdeviceptr dst, const void *src, size_t bytes, struct gf_copy_order order) {
  struct gf_lane_client *lane;
  CUresult result = gf_enter_current(&lane);
  if (result != CUDA_SUCCESS)
    return result;
  if (bytes == 0)
    return CUDA_SUCCESS;
  // The direction is the wrong one, which unified addressing forgives; this process cannot read there.
  if (gf_is_beyond(src))
    return order.is_async ? cuMemcpyDtoDAsync_v2(dst, (CUdeviceptr)src, bytes, order.stream)
                          : cuMemcpyDtoD_v2(dst, (CUdeviceptr)src, bytes);
  const enum gf_alias_fit registered = gf_alias_fit((const void *)dst, bytes);
  if (registered == GF_ALIAS_FITS && src != NULL)
    return gf_copy_on_host((void *)dst, src, bytes, order);
  // Before a byte of the application's memory is touched: a wrong length must not run off its end.
  if (src == NULL || registered == GF_ALIAS_OVERRUN || gf_allocations_overrun(dst, bytes))
    return CUDA_ERROR_INVALID_VALUE;
  // Fire and forget where nothing can come back that the program must hear now: the range is known, a
  // synchronous copy has no earlier work to wait for, and the program cannot see whether it is done.
  const int known =
      gf_known_range(dst, bytes) && gf_certain((uint64_t)order.stream, GF_KIND_STREAM);
  const struct haste haste = {.first = known && (order.is_async || gf_progress_quiescent()),
                              .later = known,
                              .last = order.is_async || gf_allocations_hide(dst, bytes)};
  const int captured = order.is_async && gf_stream_is_capturing(order.stream);
  const uint64_t offset_bytes =
      captured ? gf_host_offset_for_graph(src, bytes) : gf_host_offset(src, bytes);
  if (captured && offset_bytes == UINT64_MAX)
    return CUDA_ERROR_NOT_SUPPORTED;
  if (offset_bytes != UINT64_MAX) {
    fill(lane, dst, offset_bytes, bytes, order, 0, 1);
    return known && order.is_async ? gf_post(lane) : gf_copy_call(lane, bytes);
  }
  // What the driver will hardly take is no reason to crash; to known memory this costs nothing.
  if (!known && !gf_is_readable((const uint8_t *)src + bytes - 1))
    return CUDA_ERROR_INVALID_VALUE;
  if (bytes <= GF_INLINE_MAX_BYTES)
    return send_inline(lane, dst, src, bytes, order, haste.first && haste.last);
  return send_staged(lane, dst, src, bytes, order, haste);
}
