// Device memory.
#include "cuda/allocations.h"
#include "cuda/capture.h"
#include "cuda/context.h"
#include "cuda/pool.h"
#include "cuda/progress.h"
#include "heap/heap.h"

CUresult CUDAAPI cuMemGetInfo_v2(size_t *free, size_t *total) {
  struct gf_lane_client *lane;
  CUresult result = gf_enter(&lane);
  if (result != CUDA_SUCCESS)
    return result;
  if (free == NULL || total == NULL)
    return CUDA_ERROR_INVALID_VALUE;
  (void)gf_begin(lane, GF_OP_cuMemGetInfo_v2, 0);
  const void *data;
  result = gf_call(lane, &data, sizeof(struct gf_cuMemGetInfo_v2_reply));
  if (result != CUDA_SUCCESS)
    return result;
  const struct gf_cuMemGetInfo_v2_reply *reply = data;
  *free = reply->free_bytes;
  *total = reply->total_bytes;
  return CUDA_SUCCESS;
}

CUresult CUDAAPI cuMemAlloc_v2(CUdeviceptr *dptr, size_t bytesize) {
  struct gf_lane_client *lane;
  CUresult result = gf_enter(&lane);
  if (result != CUDA_SUCCESS)
    return result;
  if (dptr == NULL || bytesize == 0)
    return CUDA_ERROR_INVALID_VALUE;
  struct gf_cuMemAlloc_v2_args *args = gf_begin(lane, GF_OP_cuMemAlloc_v2, sizeof *args);
  args->size_bytes = bytesize;
  const void *data;
  result = gf_call(lane, &data, sizeof(struct gf_cuMemAlloc_v2_reply));
  if (result != CUDA_SUCCESS)
    return result;
  *dptr = ((const struct gf_cuMemAlloc_v2_reply *)data)->address;
  gf_allocations_add(*dptr, bytesize, GF_ALLOCATION_DEVICE, gf_thread.context);
  return CUDA_SUCCESS;
}

CUresult CUDAAPI cuMemAllocPitch_v2(CUdeviceptr *dptr, size_t *pPitch, size_t WidthInBytes,
                                    size_t Height, unsigned int ElementSizeBytes) {
  struct gf_lane_client *lane;
  CUresult result = gf_enter(&lane);
  if (result != CUDA_SUCCESS)
    return result;
  if (dptr == NULL || pPitch == NULL)
    return CUDA_ERROR_INVALID_VALUE;
  struct gf_cuMemAllocPitch_v2_args *args = gf_begin(lane, GF_OP_cuMemAllocPitch_v2, sizeof *args);
  args->width_bytes = WidthInBytes;
  args->height = Height;
  args->element_bytes = ElementSizeBytes;
  const void *data;
  result = gf_call(lane, &data, sizeof(struct gf_cuMemAllocPitch_v2_reply));
  if (result != CUDA_SUCCESS)
    return result;
  const struct gf_cuMemAllocPitch_v2_reply *reply = data;
  *dptr = reply->address;
  *pPitch = reply->pitch_bytes;
  gf_allocations_add(*dptr, *pPitch * Height, GF_ALLOCATION_DEVICE, gf_thread.context);
  return CUDA_SUCCESS;
}

/// Managed memory lives in the heap; cuMemFree is what ends it.
static CUresult free_managed(CUdeviceptr address) {
  struct gf_heap_block block;
  uint64_t offset = gf_heap_offset((void *)address);
  if (offset == UINT64_MAX || !gf_heap_find(offset, &block) || block.offset_bytes != offset ||
      block.kind != GF_HEAP_MANAGED)
    return CUDA_ERROR_INVALID_VALUE;
  return cuMemFreeHost((void *)address);
}

/// Such an address stays its graph's after a free.
static int is_of_graph(CUdeviceptr address) {
  struct gf_allocation allocation;
  return gf_allocations_find(address, &allocation) && allocation.kind == GF_ALLOCATION_GRAPH;
}

/// What cuMemAllocAsync and its like gave: in a capture, an address of the graph's.
static void note_allocation(CUdeviceptr address, size_t bytes, CUstream stream, uint64_t pool) {
  const int captured = gf_stream_is_capturing(stream);
  if (captured)
    gf_graphs_allocate();
  gf_allocations_add(address, bytes, captured ? GF_ALLOCATION_GRAPH : GF_ALLOCATION_POOL,
                     gf_thread.context);
  gf_allocations_set_pool(address, pool);
}

CUresult CUDAAPI cuMemFree_v2(CUdeviceptr dptr) {
  struct gf_lane_client *lane;
  CUresult result = dptr == 0 ? gf_enter_current(&lane) : gf_enter(&lane);
  if (result != CUDA_SUCCESS || dptr == 0)
    return result;
  if (gf_heap_offset((void *)dptr) != UINT64_MAX)
    return free_managed(dptr);
  struct gf_allocation allocation;
  int known =
      gf_allocations_find(dptr, &allocation) && allocation.base == dptr &&
      allocation.owner == gf_thread.context && allocation.kind != GF_ALLOCATION_GRAPH &&
      allocation.kind != GF_ALLOCATION_FOREIGN && allocation.kind != GF_ALLOCATION_RESERVED &&
      gf_load_relaxed(&gf_host_decides) == 0; // a capture may forbid it, a broken context refuse it
  // CUDA's free waits for the device. With nothing running there is nothing to wait for, and a free
  // of an allocation that we know cannot fail: then nobody needs an answer.
  int async = known && allocation.kind == GF_ALLOCATION_DEVICE && gf_progress_quiescent();
  if (known)
    gf_allocations_remove(dptr); // before the address can be handed out again
  struct gf_cuMemFree_v2_args *args = gf_begin(lane, GF_OP_cuMemFree_v2, sizeof *args);
  args->address = dptr;
  if (async)
    return gf_post_quiet(lane);
  result = gf_call(lane, NULL, 0);
  if (result == CUDA_SUCCESS && !is_of_graph(dptr))
    gf_allocations_remove(dptr);
  return result;
}

CUresult CUDAAPI cuMemAllocAsync(CUdeviceptr *dptr, size_t bytesize, CUstream hStream) {
  struct gf_lane_client *lane;
  CUresult result = gf_enter(&lane);
  if (result != CUDA_SUCCESS)
    return result;
  if (dptr == NULL || bytesize == 0)
    return CUDA_ERROR_INVALID_VALUE;
  struct gf_cuMemAllocAsync_args *args = gf_begin(lane, GF_OP_cuMemAllocAsync, sizeof *args);
  args->size_bytes = bytesize;
  args->stream = (uint64_t)hStream;
  const void *data;
  result = gf_call(lane, &data, sizeof(struct gf_cuMemAllocAsync_reply));
  if (result != CUDA_SUCCESS)
    return result;
  *dptr = ((const struct gf_cuMemAllocAsync_reply *)data)->address;
  note_allocation(*dptr, bytesize, hStream, gf_pool_in_use());
  return CUDA_SUCCESS;
}

CUresult CUDAAPI cuMemAllocFromPoolAsync(CUdeviceptr *dptr, size_t bytesize, CUmemoryPool pool,
                                         CUstream hStream) {
  struct gf_lane_client *lane;
  CUresult result = gf_enter(&lane);
  if (result != CUDA_SUCCESS)
    return result;
  if (dptr == NULL || bytesize == 0)
    return CUDA_ERROR_INVALID_VALUE;
  struct gf_cuMemAllocFromPoolAsync_args *args =
      gf_begin(lane, GF_OP_cuMemAllocFromPoolAsync, sizeof *args);
  args->size_bytes = bytesize;
  args->pool = (uint64_t)pool;
  args->stream = (uint64_t)hStream;
  const void *data;
  result = gf_call(lane, &data, sizeof(struct gf_cuMemAllocFromPoolAsync_reply));
  if (result != CUDA_SUCCESS)
    return result;
  *dptr = ((const struct gf_cuMemAllocFromPoolAsync_reply *)data)->address;
  note_allocation(*dptr, bytesize, hStream, (uint64_t)pool);
  return CUDA_SUCCESS;
}

CUresult CUDAAPI cuMemFreeAsync(CUdeviceptr dptr, CUstream hStream) {
  struct gf_lane_client *lane;
  CUresult result = gf_enter(&lane);
  if (result != CUDA_SUCCESS)
    return result;
  // In a capture a free can be refused, as can that of a graph's memory.
  int known =
      gf_load_relaxed(&gf_host_decides) == 0 && !is_of_graph(dptr) && gf_allocations_remove(dptr);
  struct gf_cuMemFreeAsync_args *args = gf_begin(lane, GF_OP_cuMemFreeAsync, sizeof *args);
  args->address = dptr;
  args->stream = (uint64_t)hStream;
  if (known && gf_certain((uint64_t)hStream, GF_KIND_STREAM))
    return gf_post(lane);
  return gf_call(lane, NULL, 0);
}
