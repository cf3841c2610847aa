// Batches of copies and of hints about managed memory: the calls of one kind, one behind the other.
#include "cuda/batch.h"

#include <string.h>

#include "cuda/copy.h"

/// What applies from which operation on: begins with 0, grows, and ends within the batch.
static int are_starts(const size_t *starts, size_t start_count, size_t count) {
  if (starts == NULL || start_count == 0 || start_count > count || starts[0] != 0)
    return 0;
  for (size_t i = 1; i < start_count; i++) {
    if (starts[i] <= starts[i - 1] || starts[i] >= count)
      return 0;
  }
  return 1;
}

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
      !are_starts(attrsIdxs, numAttrs, count) || !is_batch_stream(stream))
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

/// Bytes of an array's element; 0 for what is none.
static size_t element_bytes(CUarray array) {
  CUDA_ARRAY3D_DESCRIPTOR form;
  if (cuArray3DGetDescriptor_v2(&form, array) != CUDA_SUCCESS)
    return 0;
  switch (form.Format) {
  case CU_AD_FORMAT_UNSIGNED_INT8:
  case CU_AD_FORMAT_SIGNED_INT8:
    return form.NumChannels;
  case CU_AD_FORMAT_UNSIGNED_INT16:
  case CU_AD_FORMAT_SIGNED_INT16:
  case CU_AD_FORMAT_HALF:
    return 2 * (size_t)form.NumChannels;
  case CU_AD_FORMAT_UNSIGNED_INT32:
  case CU_AD_FORMAT_SIGNED_INT32:
  case CU_AD_FORMAT_FLOAT:
    return 4 * (size_t)form.NumChannels;
  default:
    return 0;
  }
}

/// An operand counts in elements: of its array, of the other's, or bytes where neither is one.
static CUresult copy_box(const CUDA_MEMCPY3D_BATCH_OP *op, CUstream stream) {
  const int from_array = op->src.type == CU_MEMCPY_OPERAND_TYPE_ARRAY;
  const int to_array = op->dst.type == CU_MEMCPY_OPERAND_TYPE_ARRAY;
  if ((!from_array && op->src.type != CU_MEMCPY_OPERAND_TYPE_POINTER) ||
      (!to_array && op->dst.type != CU_MEMCPY_OPERAND_TYPE_POINTER))
    return CUDA_ERROR_INVALID_VALUE;
  size_t bytes = 1;
  if (from_array || to_array)
    bytes = element_bytes(from_array ? op->src.op.array.array : op->dst.op.array.array);
  if (bytes == 0)
    return CUDA_ERROR_INVALID_VALUE;
  CUDA_MEMCPY3D copy = {.WidthInBytes = op->extent.width * bytes,
                        .Height = op->extent.height,
                        .Depth = op->extent.depth,
                        .srcMemoryType = CU_MEMORYTYPE_UNIFIED,
                        .dstMemoryType = CU_MEMORYTYPE_UNIFIED};
  if (from_array) {
    copy.srcMemoryType = CU_MEMORYTYPE_ARRAY;
    copy.srcArray = op->src.op.array.array;
    copy.srcXInBytes = op->src.op.array.offset.x * bytes;
    copy.srcY = op->src.op.array.offset.y;
    copy.srcZ = op->src.op.array.offset.z;
  } else {
    copy.srcDevice = op->src.op.ptr.ptr;
    copy.srcPitch = op->src.op.ptr.rowLength * bytes;
    copy.srcHeight = op->src.op.ptr.layerHeight;
  }
  if (to_array) {
    copy.dstMemoryType = CU_MEMORYTYPE_ARRAY;
    copy.dstArray = op->dst.op.array.array;
    copy.dstXInBytes = op->dst.op.array.offset.x * bytes;
    copy.dstY = op->dst.op.array.offset.y;
    copy.dstZ = op->dst.op.array.offset.z;
  } else {
    copy.dstDevice = op->dst.op.ptr.ptr;
    copy.dstPitch = op->dst.op.ptr.rowLength * bytes;
    copy.dstHeight = op->dst.op.ptr.layerHeight;
  }
  return cuMemcpy3DAsync_v2(&copy, stream);
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
  if (prefetchLocs == NULL || !are_starts(prefetchLocIdxs, numPrefetchLocs, count))
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
