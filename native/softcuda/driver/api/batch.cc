// Batches of copies and of hints about managed memory: the calls of one kind, one behind the other.
#include "../array.h"
#include "../entry.h"
#include "../memory.h"
#include "cudart/batch_copy.h"

using namespace softcuda;

namespace {

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
             gf_batch_are_starts(indices, attribute_count, count) && is_batch_stream(stream));
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

CUresult copy_box(const CUDA_MEMCPY3D_BATCH_OP &op, CUstream stream) {
  CUarray array = gf_batch_array(&op);
  CUDA_ARRAY3D_DESCRIPTOR form;
  GF_REQUIRE(!array || cuArray3DGetDescriptor_v2(&form, array) == CUDA_SUCCESS);
  CUDA_MEMCPY3D copy;
  GF_TRY(gf_batch_copy(&op, array ? gf_batch_element_bytes(&form) : 1, &copy));
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
  GF_REQUIRE(locations && gf_batch_are_starts(indices, location_count, count));
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
