// Copies with pitches, and with arrays on either side. A pageable host side is packed into a block of
// the heap (or unpacked from it), row by row.
#include <string.h>

#include "base/readable.h"
#include "cuda/allocations.h"
#include "cuda/capture.h"
#include "cuda/copy.h"
#include "cuda/host_memory.h"
#include "heap/alias.h"
#include "heap/heap.h"
#include "session/session.h"
#include "staging/staging.h"

_Static_assert(sizeof(CUDA_MEMCPY3D) == sizeof(((struct gf_gfCopy3D_args *)0)->copy),
               "the wire structure holds a CUDA_MEMCPY3D");

// Registered memory is not: the device knows it by its heap address only.
int gf_is_device_address(CUdeviceptr address) {
  struct gf_allocation allocation;
  return gf_allocations_find(address, &allocation) ||
         gf_heap_range_offset((void *)address, 1) != UINT64_MAX;
}

// The books alone would not do: where both processes use one address for different things, it is the application's.
int gf_is_beyond(const void *address) {
  struct gf_allocation allocation;
  return gf_allocations_find((CUdeviceptr)address, &allocation) && !gf_is_readable(address);
}

/// One side of a copy.
struct side {
  CUmemorytype type;
  uint8_t *host;
  CUdeviceptr device;
  size_t x_bytes, y, z, pitch_bytes, height;
};

static struct side source(const CUDA_MEMCPY3D *c) {
  return (struct side){
      c->srcMemoryType, (uint8_t *)c->srcHost, c->srcDevice, c->srcXInBytes, c->srcY,
      c->srcZ,          c->srcPitch,           c->srcHeight};
}
static struct side destination(const CUDA_MEMCPY3D *c) {
  return (struct side){c->dstMemoryType, c->dstHost, c->dstDevice, c->dstXInBytes,
                       c->dstY,          c->dstZ,    c->dstPitch,  c->dstHeight};
}

/// A pitch of 0 means rows without gaps, a height of 0 slices without gaps.
static void complete(struct side *side, const CUDA_MEMCPY3D *copy) {
  if (side->pitch_bytes == 0)
    side->pitch_bytes = side->x_bytes + copy->WidthInBytes;
  if (side->height == 0)
    side->height = side->y + copy->Height;
}

static uint8_t *row(const struct side *side, size_t y, size_t z) {
  return side->host + ((side->z + z) * side->height + side->y + y) * side->pitch_bytes +
         side->x_bytes;
}

/// Bytes from the side's address to the end of the last row: 0 where rows or slices overlap, or no memory is so large.
static uint64_t span_bytes(const struct side *side, const CUDA_MEMCPY3D *copy) {
  uint64_t row_end, slice_end, end;
  if (__builtin_add_overflow(side->x_bytes, copy->WidthInBytes, &row_end) ||
      __builtin_add_overflow(side->y, copy->Height, &slice_end) || side->pitch_bytes < row_end ||
      (copy->Depth > 1 && side->height < slice_end))
    return 0;
  if (__builtin_add_overflow(side->z, copy->Depth - 1, &end) ||
      __builtin_mul_overflow(end, side->height, &end) ||
      __builtin_add_overflow(end, slice_end - 1, &end) ||
      __builtin_mul_overflow(end, side->pitch_bytes, &end) ||
      __builtin_add_overflow(end, row_end, &end))
    return 0;
  return end;
}

/// What is wrong with a side is known before a byte of the application's memory is touched.
static CUresult check(const struct side *side, const CUDA_MEMCPY3D *copy) {
  if (side->type == CU_MEMORYTYPE_ARRAY)
    return CUDA_SUCCESS; // the driver knows its size
  const uint64_t bytes = span_bytes(side, copy);
  if (bytes == 0)
    return CUDA_ERROR_INVALID_VALUE;
  if (side->type == CU_MEMORYTYPE_DEVICE)
    return gf_allocations_overrun(side->device, bytes) ? CUDA_ERROR_INVALID_VALUE : CUDA_SUCCESS;
  if (side->type == CU_MEMORYTYPE_HOST && (side->host == NULL || !gf_is_readable(row(side, 0, 0)) ||
                                           !gf_is_readable(side->host + bytes - 1)))
    return CUDA_ERROR_INVALID_VALUE;
  return CUDA_SUCCESS;
}

static void pack(uint8_t *packed, const struct side *side, const CUDA_MEMCPY3D *copy, int unpack) {
  for (size_t z = 0; z < copy->Depth; z++) {
    for (size_t y = 0; y < copy->Height; y++, packed += copy->WidthInBytes) {
      if (unpack)
        memcpy(row(side, y, z), packed, copy->WidthInBytes);
      else
        memcpy(packed, row(side, y, z), copy->WidthInBytes);
    }
  }
}

/// Whose memory it is: what an address says that may be either's, that was passed for the host's and is the device's, or
/// that was passed for the device's and is registered.
static void settle(struct side *side) {
  if (side->type == CU_MEMORYTYPE_UNIFIED) {
    side->type = gf_is_device_address(side->device) ? CU_MEMORYTYPE_DEVICE : CU_MEMORYTYPE_HOST;
    side->host = (uint8_t *)side->device;
  } else if (side->type == CU_MEMORYTYPE_HOST && gf_is_beyond(side->host)) {
    side->type = CU_MEMORYTYPE_DEVICE;
    side->device = (CUdeviceptr)side->host;
  } else if (side->type == CU_MEMORYTYPE_DEVICE &&
             gf_alias_fit((const void *)side->device, 1) != GF_ALIAS_NONE) {
    side->type = CU_MEMORYTYPE_HOST;
    side->host = (uint8_t *)side->device;
  }
}

/// A host side on its way: where it lies in the heap, and the block that was made for it, if any.
struct carried {
  struct gf_heap_range range;
  uint64_t block_offset_bytes; ///< 0: pinned memory, nothing to give back
};

/// `captured`: the copy is made whenever the graph runs, of what the memory holds then.
static CUresult carry(struct gf_lane_client *lane, const struct side *side,
                      const CUDA_MEMCPY3D *copy, int captured, struct carried *carried) {
  uint64_t bytes = span_bytes(side, copy);
  uint64_t offset_bytes =
      captured ? gf_host_offset_for_graph(side->host, bytes) : gf_host_offset(side->host, bytes);
  if (offset_bytes != UINT64_MAX) {
    carried->range = (struct gf_heap_range){offset_bytes, bytes};
    return CUDA_SUCCESS;
  }
  if (captured)
    return CUDA_ERROR_NOT_SUPPORTED;
  bytes = (uint64_t)copy->WidthInBytes * copy->Height * copy->Depth;
  struct gf_staging *staging = gf_staging_of(lane);
  const uint64_t block_offset_bytes = staging != NULL ? gf_staging_borrow(staging, bytes) : 0;
  if (block_offset_bytes == 0)
    return CUDA_ERROR_OUT_OF_MEMORY;
  carried->range = (struct gf_heap_range){block_offset_bytes, bytes};
  carried->block_offset_bytes = block_offset_bytes;
  return CUDA_SUCCESS;
}

static CUresult copy_host_to_host(const struct side *from, const struct side *to,
                                  const CUDA_MEMCPY3D *copy, struct gf_copy_order order) {
  CUresult result = cuStreamSynchronize(order.stream);
  for (size_t z = 0; z < copy->Depth && result == CUDA_SUCCESS; z++) {
    for (size_t y = 0; y < copy->Height; y++)
      memcpy(row(to, y, z), row(from, y, z), copy->WidthInBytes);
  }
  return result;
}

static CUresult send(struct gf_lane_client *lane, const CUDA_MEMCPY3D *copy,
                     const struct carried *from, const struct carried *to,
                     struct gf_copy_order order) {
  struct gf_gfCopy3D_args *args = gf_begin(lane, GF_OP_gfCopy3D, sizeof *args);
  memcpy(args->copy, copy, sizeof *copy);
  args->src_array = (uint64_t)copy->srcArray;
  args->dst_array = (uint64_t)copy->dstArray;
  args->src_memory = from->range;
  args->dst_memory = to->range;
  args->stream = (uint64_t)order.stream;
  args->is_async = (uint32_t)order.is_async;
  args->pad = 0;
  return gf_call(lane, NULL, 0);
}

CUresult gf_copy_3d(const CUDA_MEMCPY3D *given, struct gf_copy_order order) {
  struct gf_lane_client *lane;
  CUresult result = gf_enter(&lane);
  if (result != CUDA_SUCCESS)
    return result;
  if (given == NULL)
    return CUDA_ERROR_INVALID_VALUE;
  result = gf_enter_current(&lane);
  if (result != CUDA_SUCCESS)
    return result;
  CUDA_MEMCPY3D copy = *given;
  if (copy.WidthInBytes == 0 || copy.Height == 0 || copy.Depth == 0)
    return CUDA_SUCCESS;
  struct side from = source(&copy), to = destination(&copy);
  settle(&from);
  settle(&to);
  copy.srcMemoryType = from.type;
  copy.srcDevice = from.device;
  copy.dstMemoryType = to.type;
  copy.dstDevice = to.device;
  complete(&from, &copy);
  complete(&to, &copy);
  result = check(&from, &copy);
  if (result == CUDA_SUCCESS)
    result = check(&to, &copy);
  if (result != CUDA_SUCCESS)
    return result;
  const int from_host = from.type == CU_MEMORYTYPE_HOST, to_host = to.type == CU_MEMORYTYPE_HOST;
  if (from_host && to_host)
    return copy_host_to_host(&from, &to, &copy, order);

  struct carried source_memory = {0}, destination_memory = {0};
  const int captured = order.is_async && gf_stream_is_capturing(order.stream);
  if (from_host)
    result = carry(lane, &from, &copy, captured, &source_memory);
  if (to_host && result == CUDA_SUCCESS)
    result = carry(lane, &to, &copy, captured, &destination_memory);
  if (result != CUDA_SUCCESS)
    return result;
  if (source_memory.block_offset_bytes != 0) {
    pack(gf_session.heap + source_memory.block_offset_bytes, &from, &copy, 0);
    copy.srcXInBytes = copy.srcY = copy.srcZ = 0;
    copy.srcPitch = copy.WidthInBytes;
    copy.srcHeight = copy.Height;
  }
  if (destination_memory.block_offset_bytes != 0) {
    copy.dstXInBytes = copy.dstY = copy.dstZ = 0;
    copy.dstPitch = copy.WidthInBytes;
    copy.dstHeight = copy.Height;
  }
  const int packed = source_memory.block_offset_bytes || destination_memory.block_offset_bytes;
  result = send(lane, &copy, &source_memory, &destination_memory, order);
  // A block of ours must not go while the stream may still use it.
  if (result == CUDA_SUCCESS && packed && order.is_async)
    result = cuStreamSynchronize(order.stream);
  if (result == CUDA_SUCCESS && destination_memory.block_offset_bytes != 0)
    pack(gf_session.heap + destination_memory.block_offset_bytes, &to, &copy, 1);
  if (packed)
    gf_staging_give_back(lane->staging);
  return result;
}
