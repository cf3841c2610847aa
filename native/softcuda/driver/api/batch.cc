// Batches of copies and of hints about managed memory: the calls of one kind, one behind the other.
#include "../array.h"
#include "../entry.h"
#include "../memory.h"

using namespace softcuda;

namespace {

/// What applies from which operation on: begins with 0, grows, and ends within the batch.
bool are_starts(const size_t *starts, size_t start_count, size_t count) {
  if (!starts || start_count == 0 || start_count > count || starts[0] != 0)
    return false;
  for (size_t i = 1; i < start_count; i++)
    if (starts[i] <= starts[i - 1] || starts[i] >= count)
      return false;
  return true;
}

/// Batches have no order with the legacy stream, and CUDA takes none in it.
bool is_batch_stream(CUstream stream) {
  return stream != CU_STREAM_LEGACY && (stream || gf_per_thread_stream);
}

CUresult copy_batch(CUdeviceptr *to, CUdeviceptr *from, size_t *bytes, size_t count,
                    CUmemcpyAttributes *attributes, size_t *indices, size_t attribute_count,
                    size_t *failed, CUstream stream) {
  Context *context;
  GF_TRY(enter(&context));
  GF_REQUIRE(to && from && bytes && count && attributes &&
             are_starts(indices, attribute_count, count) && is_batch_stream(stream));
  for (size_t i = 0; i < attribute_count; i++)
    GF_REQUIRE(attributes[i].srcAccessOrder >= CU_MEMCPY_SRC_ACCESS_ORDER_STREAM &&
               attributes[i].srcAccessOrder <= CU_MEMCPY_SRC_ACCESS_ORDER_ANY);
  for (size_t i = 0; i < count; i++)
    if (CUresult result = cuMemcpyAsync(to[i], from[i], bytes[i], stream)) {
      if (failed)
        *failed = i;
      return result;
    }
  return CUDA_SUCCESS;
}

/// Bytes of an array's element; 0 for what is none.
size_t element_bytes(CUarray array) {
  CUDA_ARRAY3D_DESCRIPTOR form;
  if (cuArray3DGetDescriptor_v2(&form, array))
    return 0;
  switch (form.Format) {
  case CU_AD_FORMAT_UNSIGNED_INT8:
  case CU_AD_FORMAT_SIGNED_INT8:
    return form.NumChannels;
  case CU_AD_FORMAT_UNSIGNED_INT16:
  case CU_AD_FORMAT_SIGNED_INT16:
  case CU_AD_FORMAT_HALF:
    return size_t{2} * form.NumChannels;
  case CU_AD_FORMAT_UNSIGNED_INT32:
  case CU_AD_FORMAT_SIGNED_INT32:
  case CU_AD_FORMAT_FLOAT:
    return size_t{4} * form.NumChannels;
  default:
    return 0;
  }
}

/// An operand counts in elements: of its array, of the other's, or bytes where neither is one.
CUresult copy_box(const CUDA_MEMCPY3D_BATCH_OP &op, CUstream stream) {
  const bool from_array = op.src.type == CU_MEMCPY_OPERAND_TYPE_ARRAY;
  const bool to_array = op.dst.type == CU_MEMCPY_OPERAND_TYPE_ARRAY;
  GF_REQUIRE((from_array || op.src.type == CU_MEMCPY_OPERAND_TYPE_POINTER) &&
             (to_array || op.dst.type == CU_MEMCPY_OPERAND_TYPE_POINTER));
  size_t bytes = 1;
  if (from_array || to_array)
    bytes = element_bytes(from_array ? op.src.op.array.array : op.dst.op.array.array);
  GF_REQUIRE(bytes);
  CUDA_MEMCPY3D copy{};
  copy.WidthInBytes = op.extent.width * bytes;
  copy.Height = op.extent.height;
  copy.Depth = op.extent.depth;
  if (from_array) {
    copy.srcMemoryType = CU_MEMORYTYPE_ARRAY;
    copy.srcArray = op.src.op.array.array;
    copy.srcXInBytes = op.src.op.array.offset.x * bytes;
    copy.srcY = op.src.op.array.offset.y;
    copy.srcZ = op.src.op.array.offset.z;
  } else {
    copy.srcMemoryType = CU_MEMORYTYPE_UNIFIED;
    copy.srcDevice = op.src.op.ptr.ptr;
    copy.srcPitch = op.src.op.ptr.rowLength * bytes;
    copy.srcHeight = op.src.op.ptr.layerHeight;
  }
  if (to_array) {
    copy.dstMemoryType = CU_MEMORYTYPE_ARRAY;
    copy.dstArray = op.dst.op.array.array;
    copy.dstXInBytes = op.dst.op.array.offset.x * bytes;
    copy.dstY = op.dst.op.array.offset.y;
    copy.dstZ = op.dst.op.array.offset.z;
  } else {
    copy.dstMemoryType = CU_MEMORYTYPE_UNIFIED;
    copy.dstDevice = op.dst.op.ptr.ptr;
    copy.dstPitch = op.dst.op.ptr.rowLength * bytes;
    copy.dstHeight = op.dst.op.ptr.layerHeight;
  }
  return cuMemcpy3DAsync_v2(&copy, stream);
}

CUresult box_batch(size_t count, CUDA_MEMCPY3D_BATCH_OP *ops, size_t *failed,
                   unsigned long long flags, CUstream stream) {
  Context *context;
  GF_TRY(enter(&context));
  GF_REQUIRE(count && ops && flags == 0 && is_batch_stream(stream));
  for (size_t i = 0; i < count; i++)
    if (CUresult result = copy_box(ops[i], stream)) {
      if (failed)
        *failed = i;
      return result;
    }
  return CUDA_SUCCESS;
}

CUresult enter_ranges(CUdeviceptr *addresses, size_t *bytes, size_t count, unsigned long long flags,
                      CUstream handle) {
  Context *context;
  Stream *stream;
  GF_TRY(enter(&context));
  GF_REQUIRE(addresses && bytes && count && flags == 0 && is_batch_stream(handle));
  return enter(handle, &stream);
}

} // namespace

GF_API cuMemcpyBatchAsync_v2(CUdeviceptr *to, CUdeviceptr *from, size_t *bytes, size_t count,
                             CUmemcpyAttributes *attributes, size_t *indices,
                             size_t attribute_count, CUstream stream) {
  return copy_batch(to, from, bytes, count, attributes, indices, attribute_count, nullptr, stream);
}

GF_API cuMemcpyBatchAsync(CUdeviceptr *to, CUdeviceptr *from, size_t *bytes, size_t count,
                          CUmemcpyAttributes *attributes, size_t *indices, size_t attribute_count,
                          size_t *failed, CUstream stream) {
  GF_TRY(enter());
  if (failed)
    *failed = SIZE_MAX; // no operation in particular
  return copy_batch(to, from, bytes, count, attributes, indices, attribute_count, failed, stream);
}

GF_API cuMemcpy3DBatchAsync_v2(size_t count, CUDA_MEMCPY3D_BATCH_OP *ops, unsigned long long flags,
                               CUstream stream) {
  return box_batch(count, ops, nullptr, flags, stream);
}

GF_API cuMemcpy3DBatchAsync(size_t count, CUDA_MEMCPY3D_BATCH_OP *ops, size_t *failed,
                            unsigned long long flags, CUstream stream) {
  GF_TRY(enter());
  if (failed)
    *failed = SIZE_MAX;
  return box_batch(count, ops, failed, flags, stream);
}

GF_API cuMemPrefetchBatchAsync(CUdeviceptr *addresses, size_t *bytes, size_t count,
                               CUmemLocation *locations, size_t *indices, size_t location_count,
                               unsigned long long flags, CUstream stream) {
  GF_TRY(enter_ranges(addresses, bytes, count, flags, stream));
  GF_REQUIRE(locations && are_starts(indices, location_count, count));
  for (size_t i = 0, location = 0; i < count; i++) {
    if (location + 1 < location_count && indices[location + 1] <= i)
      location++;
    GF_TRY(cuMemPrefetchAsync_v2(addresses[i], bytes[i], locations[location], 0, stream));
  }
  return CUDA_SUCCESS;
}

// What is discarded may be anything afterwards, what it was before as well.
GF_API cuMemDiscardBatchAsync(CUdeviceptr *addresses, size_t *bytes, size_t count,
                              unsigned long long flags, CUstream stream) {
  GF_TRY(enter_ranges(addresses, bytes, count, flags, stream));
  for (size_t i = 0; i < count; i++) {
    auto found = AddressMap::instance().find(addresses[i]);
    GF_REQUIRE(bytes[i] && found && found->kind == MemoryKind::Managed &&
               found->covers(addresses[i], bytes[i]));
  }
  return CUDA_SUCCESS;
}

GF_API cuMemDiscardAndPrefetchBatchAsync(CUdeviceptr *addresses, size_t *bytes, size_t count,
                                         CUmemLocation *locations, size_t *indices,
                                         size_t location_count, unsigned long long flags,
                                         CUstream stream) {
  GF_TRY(cuMemDiscardBatchAsync(addresses, bytes, count, flags, stream));
  return cuMemPrefetchBatchAsync(addresses, bytes, count, locations, indices, location_count, flags,
                                 stream);
}
