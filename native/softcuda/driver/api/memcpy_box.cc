// Copies of two and three dimensions, and between arrays and flat memory.
#include "../array.h"
#include "../box.h"
#include "../entry.h"

using namespace softcuda;

namespace {

CUresult copy(CUstream handle, const CUDA_MEMCPY3D &box, bool async) {
  Stream *stream;
  GF_TRY(enter(handle, &stream));
  CopyWork work;
  bool pageable;
  GF_TRY(describe_copy(box, &work, &pageable));
  if (work.row_bytes == 0)
    return CUDA_SUCCESS;
  return async && (!pageable || stream->capture) ? enqueue(*stream, work) : perform(*stream, work);
}

// Byte ranges of an array: of one row, as cuMemcpyAtoH and its like have them.
CUDA_MEMCPY3D row(size_t bytes) {
  CUDA_MEMCPY3D box{};
  box.WidthInBytes = bytes;
  box.Height = box.Depth = 1;
  return box;
}

void from_array(CUDA_MEMCPY3D &box, CUarray array, size_t offset) {
  box.srcMemoryType = CU_MEMORYTYPE_ARRAY;
  box.srcArray = array;
  box.srcXInBytes = offset;
}

void to_array(CUDA_MEMCPY3D &box, CUarray array, size_t offset) {
  box.dstMemoryType = CU_MEMORYTYPE_ARRAY;
  box.dstArray = array;
  box.dstXInBytes = offset;
}

void from_address(CUDA_MEMCPY3D &box, CUmemorytype type, const void *host, CUdeviceptr device) {
  box.srcMemoryType = type;
  box.srcHost = host;
  box.srcDevice = device;
}

void to_address(CUDA_MEMCPY3D &box, CUmemorytype type, void *host, CUdeviceptr device) {
  box.dstMemoryType = type;
  box.dstHost = host;
  box.dstDevice = device;
}

} // namespace

GF_API cuMemcpy2D_v2(const CUDA_MEMCPY2D *box) {
  GF_REQUIRE(box);
  return copy(nullptr, widen(*box), false);
}
GF_API cuMemcpy2DUnaligned_v2(const CUDA_MEMCPY2D *box) { return cuMemcpy2D_v2(box); }
GF_API cuMemcpy2DAsync_v2(const CUDA_MEMCPY2D *box, CUstream stream) {
  GF_REQUIRE(box);
  return copy(stream, widen(*box), true);
}
GF_API cuMemcpy3D_v2(const CUDA_MEMCPY3D *box) {
  GF_REQUIRE(box);
  return copy(nullptr, *box, false);
}
GF_API cuMemcpy3DAsync_v2(const CUDA_MEMCPY3D *box, CUstream stream) {
  GF_REQUIRE(box);
  return copy(stream, *box, true);
}
GF_API cuMemcpy3DPeer(const CUDA_MEMCPY3D_PEER *box) {
  GF_REQUIRE(box);
  return copy(nullptr, widen(*box), false);
}
GF_API cuMemcpy3DPeerAsync(const CUDA_MEMCPY3D_PEER *box, CUstream stream) {
  GF_REQUIRE(box);
  return copy(stream, widen(*box), true);
}

GF_API cuMemcpyDtoA_v2(CUarray to, size_t offset, CUdeviceptr from, size_t bytes) {
  CUDA_MEMCPY3D box = row(bytes);
  to_array(box, to, offset);
  from_address(box, CU_MEMORYTYPE_DEVICE, nullptr, from);
  return copy(nullptr, box, false);
}
GF_API cuMemcpyAtoD_v2(CUdeviceptr to, CUarray from, size_t offset, size_t bytes) {
  CUDA_MEMCPY3D box = row(bytes);
  to_address(box, CU_MEMORYTYPE_DEVICE, nullptr, to);
  from_array(box, from, offset);
  return copy(nullptr, box, false);
}
GF_API cuMemcpyHtoA_v2(CUarray to, size_t offset, const void *from, size_t bytes) {
  CUDA_MEMCPY3D box = row(bytes);
  to_array(box, to, offset);
  from_address(box, CU_MEMORYTYPE_HOST, from, 0);
  return copy(nullptr, box, false);
}
GF_API cuMemcpyAtoH_v2(void *to, CUarray from, size_t offset, size_t bytes) {
  CUDA_MEMCPY3D box = row(bytes);
  to_address(box, CU_MEMORYTYPE_HOST, to, 0);
  from_array(box, from, offset);
  return copy(nullptr, box, false);
}
GF_API cuMemcpyAtoA_v2(CUarray to, size_t to_offset, CUarray from, size_t from_offset,
                       size_t bytes) {
  CUDA_MEMCPY3D box = row(bytes);
  to_array(box, to, to_offset);
  from_array(box, from, from_offset);
  return copy(nullptr, box, false);
}
GF_API cuMemcpyHtoAAsync_v2(CUarray to, size_t offset, const void *from, size_t bytes,
                            CUstream stream) {
  CUDA_MEMCPY3D box = row(bytes);
  to_array(box, to, offset);
  from_address(box, CU_MEMORYTYPE_HOST, from, 0);
  return copy(stream, box, true);
}
GF_API cuMemcpyAtoHAsync_v2(void *to, CUarray from, size_t offset, size_t bytes, CUstream stream) {
  CUDA_MEMCPY3D box = row(bytes);
  to_address(box, CU_MEMORYTYPE_HOST, to, 0);
  from_array(box, from, offset);
  return copy(stream, box, true);
}
