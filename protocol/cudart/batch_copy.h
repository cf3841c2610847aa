// Batched copies (cuMemcpy3DBatchAsync) in terms of plain ones: what an operation of a batch means, for whoever has
// cuMemcpy3DAsync. Both halves of gpuferry that are a libcuda.so.1 have.
#ifndef GF_CUDART_BATCH_COPY_H
#define GF_CUDART_BATCH_COPY_H

#include "cuda_api.h"

#include <stddef.h>
#include <string.h>

/// What applies from which operation on: begins with 0, grows, and ends within the batch.
static inline int gf_batch_are_starts(const size_t *starts, size_t start_count, size_t count) {
  if (starts == NULL || start_count == 0 || start_count > count || starts[0] != 0)
    return 0;
  for (size_t i = 1; i < start_count; i++) {
    if (starts[i] <= starts[i - 1] || starts[i] >= count)
      return 0;
  }
  return 1;
}

/// Bytes of an array's element; 0 for a format that has none of its own.
static inline size_t gf_batch_element_bytes(const CUDA_ARRAY3D_DESCRIPTOR *array) {
  switch (array->Format) {
  case CU_AD_FORMAT_UNSIGNED_INT8:
  case CU_AD_FORMAT_SIGNED_INT8:
    return array->NumChannels;
  case CU_AD_FORMAT_UNSIGNED_INT16:
  case CU_AD_FORMAT_SIGNED_INT16:
  case CU_AD_FORMAT_HALF:
    return 2 * (size_t)array->NumChannels;
  case CU_AD_FORMAT_UNSIGNED_INT32:
  case CU_AD_FORMAT_SIGNED_INT32:
  case CU_AD_FORMAT_FLOAT:
    return 4 * (size_t)array->NumChannels;
  default:
    return 0;
  }
}

/// The array whose elements an operation counts in; null where it counts bytes.
static inline CUarray gf_batch_array(const CUDA_MEMCPY3D_BATCH_OP *op) {
  return op->src.type == CU_MEMCPY_OPERAND_TYPE_ARRAY   ? op->src.op.array.array
         : op->dst.type == CU_MEMCPY_OPERAND_TYPE_ARRAY ? op->dst.op.array.array
                                                        : NULL;
}

static inline int gf_batch_is_operand(const CUmemcpy3DOperand *operand) {
  return operand->type == CU_MEMCPY_OPERAND_TYPE_ARRAY ||
         operand->type == CU_MEMCPY_OPERAND_TYPE_POINTER;
}

/// The copy that an operation is, whose elements have `element_bytes`. CUDA_ERROR_INVALID_VALUE where it is none.
static inline CUresult gf_batch_copy(const CUDA_MEMCPY3D_BATCH_OP *op, size_t element_bytes,
                                     CUDA_MEMCPY3D *copy) {
  if (!gf_batch_is_operand(&op->src) || !gf_batch_is_operand(&op->dst) || element_bytes == 0)
    return CUDA_ERROR_INVALID_VALUE;
  memset(copy, 0, sizeof *copy);
  copy->WidthInBytes = op->extent.width * element_bytes;
  copy->Height = op->extent.height;
  copy->Depth = op->extent.depth;
  if (op->src.type == CU_MEMCPY_OPERAND_TYPE_ARRAY) {
    copy->srcMemoryType = CU_MEMORYTYPE_ARRAY;
    copy->srcArray = op->src.op.array.array;
    copy->srcXInBytes = op->src.op.array.offset.x * element_bytes;
    copy->srcY = op->src.op.array.offset.y;
    copy->srcZ = op->src.op.array.offset.z;
  } else {
    copy->srcMemoryType = CU_MEMORYTYPE_UNIFIED;
    copy->srcDevice = op->src.op.ptr.ptr;
    copy->srcPitch = op->src.op.ptr.rowLength * element_bytes;
    copy->srcHeight = op->src.op.ptr.layerHeight;
  }
  if (op->dst.type == CU_MEMCPY_OPERAND_TYPE_ARRAY) {
    copy->dstMemoryType = CU_MEMORYTYPE_ARRAY;
    copy->dstArray = op->dst.op.array.array;
    copy->dstXInBytes = op->dst.op.array.offset.x * element_bytes;
    copy->dstY = op->dst.op.array.offset.y;
    copy->dstZ = op->dst.op.array.offset.z;
  } else {
    copy->dstMemoryType = CU_MEMORYTYPE_UNIFIED;
    copy->dstDevice = op->dst.op.ptr.ptr;
    copy->dstPitch = op->dst.op.ptr.rowLength * element_bytes;
    copy->dstHeight = op->dst.op.ptr.layerHeight;
  }
  return CUDA_SUCCESS;
}

#endif
