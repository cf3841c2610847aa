// Batches of copies and of hints about managed memory: the calls of one kind, one behind the other.
#include "cuda/batch.h"

#include "cuda/copy.h"
#include "cudart/batch_copy.h"

/// Batches have no order with the legacy stream, and CUDA takes none in it.
static int is_batch_stream(CUstream stream) {
  return stream != CU_STREAM_LEGACY && (stream != NULL || gf_per_thread_stream);
}

static CUresult copy_batch(CUdeviceptr *dsts, CUdeviceptr *srcs, size_t *sizes, size_t count,
                           CUmemcpyAttributes *attrs, size_t *attrsIdxs, size_t numAttrs,
                           size_t *failed, CUstream stream) {
  struct gf_lane_client *lane;
  CUresult result = gf_enter_current(&lane);
  if (result != CUDA_SUCCESS)
    return result;
  if (dsts == NULL || srcs == NULL || sizes == NULL || count == 0 || attrs == NULL ||
      !gf_batch_are_starts(attrsIdxs, numAttrs, count) || !is_batch_stream(stream))
    return CUDA_ERROR_INVALID_VALUE;
  for (size_t i = 0; i < numAttrs; i++) {
    if (attrs[i].srcAccessOrder < CU_MEMCPY_SRC_ACCESS_ORDER_STREAM ||
        attrs[i].srcAccessOrder > CU_MEMCPY_SRC_ACCESS_ORDER_ANY)
      return CUDA_ERROR_INVALID_VALUE;
  }
  for (size_t i = 0; i < count && result == CUDA_SUCCESS; i++) {
    result = cuMemcpyAsync(dsts[i], srcs[i], sizes[i], stream);
    if (result != CUDA_SUCCESS && failed != NULL)
      *failed = i;
  }
  return result;
}

CUresult CUDAAPI cuMemcpyBatchAsync_v2(CUdeviceptr *dsts, CUdeviceptr *srcs, size_t *sizes,
                                       size_t count, CUmemcpyAttributes *attrs, size_t *attrsIdxs,
                                       size_t numAttrs, CUstream hStream) {
  return copy_batch(dsts, srcs, sizes, count, attrs, attrsIdxs, numAttrs, NULL, hStream);
}

CUresult CUDAAPI cuMemcpyBatchAsync(CUdeviceptr *dsts, CUdeviceptr *srcs, size_t *sizes,
                                    size_t count, CUmemcpyAttributes *attrs, size_t *attrsIdxs,
                                    size_t numAttrs, size_t *failIdx, CUstream hStream) {
  if (failIdx != NULL && gf_initialised())
    *failIdx = SIZE_MAX; // no operation in particular
  return copy_batch(dsts, srcs, sizes, count, attrs, attrsIdxs, numAttrs, failIdx, hStream);
}

static CUresult copy_box(const CUDA_MEMCPY3D_BATCH_OP *op, CUstream stream) {
  const CUarray array = gf_batch_array(op);
  CUDA_ARRAY3D_DESCRIPTOR form;
  if (array != NULL && cuArray3DGetDescriptor_v2(&form, array) != CUDA_SUCCESS)
    return CUDA_ERROR_INVALID_VALUE;
  CUDA_MEMCPY3D copy;
  const CUresult result =
      gf_batch_copy(op, array != NULL ? gf_batch_element_bytes(&form) : 1, &copy);
  return result == CUDA_SUCCESS ? cuMemcpy3DAsync_v2(&copy, stream) : result;
}

static CUresult box_batch(size_t count, CUDA_MEMCPY3D_BATCH_OP *ops, size_t *failed,
                          unsigned long long flags, CUstream stream) {
  struct gf_lane_client *lane;
  CUresult result = gf_enter_current(&lane);
  if (result != CUDA_SUCCESS)
    return result;
  if (count == 0 || ops == NULL || flags != 0 || !is_batch_stream(stream))
    return CUDA_ERROR_INVALID_VALUE;
  for (size_t i = 0; i < count && result == CUDA_SUCCESS; i++) {
    result = copy_box(&ops[i], stream);
    if (result != CUDA_SUCCESS && failed != NULL)
      *failed = i;
  }
  return result;
}

CUresult CUDAAPI cuMemcpy3DBatchAsync_v2(size_t numOps, CUDA_MEMCPY3D_BATCH_OP *opList,
                                         unsigned long long flags, CUstream hStream) {
  return box_batch(numOps, opList, NULL, flags, hStream);
}

CUresult CUDAAPI cuMemcpy3DBatchAsync(size_t numOps, CUDA_MEMCPY3D_BATCH_OP *opList,
                                      size_t *failIdx, unsigned long long flags, CUstream hStream) {
  if (failIdx != NULL && gf_initialised())
    *failIdx = SIZE_MAX;
  return box_batch(numOps, opList, failIdx, flags, hStream);
}

static CUresult enter_ranges(CUdeviceptr *dptrs, size_t *sizes, size_t count,
                             unsigned long long flags, CUstream stream) {
  struct gf_lane_client *lane;
  CUresult result = gf_enter_current(&lane);
  if (result != CUDA_SUCCESS)
    return result;
  if (dptrs == NULL || sizes == NULL || count == 0 || flags != 0 || !is_batch_stream(stream))
    return CUDA_ERROR_INVALID_VALUE;
  return gf_live((uint64_t)stream, GF_KIND_STREAM) ? CUDA_SUCCESS : CUDA_ERROR_INVALID_HANDLE;
}

CUresult CUDAAPI cuMemPrefetchBatchAsync(CUdeviceptr *dptrs, size_t *sizes, size_t count,
                                         CUmemLocation *prefetchLocs, size_t *prefetchLocIdxs,
                                         size_t numPrefetchLocs, unsigned long long flags,
                                         CUstream hStream) {
  CUresult result = enter_ranges(dptrs, sizes, count, flags, hStream);
  if (result != CUDA_SUCCESS)
    return result;
  if (prefetchLocs == NULL || !gf_batch_are_starts(prefetchLocIdxs, numPrefetchLocs, count))
    return CUDA_ERROR_INVALID_VALUE;
  for (size_t i = 0, location = 0; i < count && result == CUDA_SUCCESS; i++) {
    if (location + 1 < numPrefetchLocs && prefetchLocIdxs[location + 1] <= i)
      location++;
    result = cuMemPrefetchAsync_v2(dptrs[i], sizes[i], prefetchLocs[location], 0, hStream);
  }
  return result;
}

// What is discarded may be anything afterwards, what it was before as well.
CUresult CUDAAPI cuMemDiscardBatchAsync(CUdeviceptr *dptrs, size_t *sizes, size_t count,
                                        unsigned long long flags, CUstream hStream) {
  CUresult result = enter_ranges(dptrs, sizes, count, flags, hStream);
  for (size_t i = 0; i < count && result == CUDA_SUCCESS; i++)
    result = gf_managed_range(dptrs[i], sizes[i]);
  return result;
}

CUresult CUDAAPI cuMemDiscardAndPrefetchBatchAsync(CUdeviceptr *dptrs, size_t *sizes, size_t count,
                                                   CUmemLocation *prefetchLocs,
                                                   size_t *prefetchLocIdxs, size_t numPrefetchLocs,
                                                   unsigned long long flags, CUstream hStream) {
  CUresult result = cuMemDiscardBatchAsync(dptrs, sizes, count, flags, hStream);
  return result != CUDA_SUCCESS
             ? result
             : cuMemPrefetchBatchAsync(dptrs, sizes, count, prefetchLocs, prefetchLocIdxs,
                                       numPrefetchLocs, flags, hStream);
}
