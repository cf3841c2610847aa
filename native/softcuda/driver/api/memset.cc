// Fills.
#include "../entry.h"
#include "../work.h"

using namespace softcuda;

namespace {

CUresult prepare(CUstream handle, Stream **stream, const FillWork &work) {
  GF_TRY(enter(handle, stream));
  GF_REQUIRE(work.to % work.element_bytes == 0 && work.pitch % work.element_bytes == 0);
  uint64_t row_bytes = 0, bytes = 0;
  GF_REQUIRE(!__builtin_mul_overflow(work.row_elements, work.element_bytes, &row_bytes));
  GF_REQUIRE(work.rows == 1 || work.pitch >= row_bytes);
  if (work.row_elements && work.rows)
    GF_REQUIRE(!__builtin_mul_overflow(work.rows - 1, work.pitch, &bytes) &&
               !__builtin_add_overflow(bytes, row_bytes, &bytes));
  GF_REQUIRE(bytes == 0 || known(work.to, bytes));
  return CUDA_SUCCESS;
}

// Asynchronous even when the name says nothing of it, as CUDA's are for device memory; host memory
// is set when the call returns.
CUresult fill(CUstream handle, const FillWork &work, bool async) {
  Stream *stream;
  GF_TRY(prepare(handle, &stream, work));
  if (work.row_elements == 0 || work.rows == 0)
    return CUDA_SUCCESS;
  if (!async && !in_device_range(work.to))
    return perform(*stream, work);
  return enqueue(*stream, work);
}

FillWork row(CUdeviceptr to, uint32_t value, unsigned element_bytes, size_t count) {
  return {to, 0, value, element_bytes, count, 1};
}

FillWork rows(CUdeviceptr to, size_t pitch, uint32_t value, unsigned element_bytes, size_t width,
              size_t height) {
  return {to, pitch, value, element_bytes, width, height};
}

} // namespace

GF_API cuMemsetD8_v2(CUdeviceptr to, unsigned char value, size_t count) {
  return fill(nullptr, row(to, value, 1, count), false);
}
GF_API cuMemsetD16_v2(CUdeviceptr to, unsigned short value, size_t count) {
  return fill(nullptr, row(to, value, 2, count), false);
}
GF_API cuMemsetD32_v2(CUdeviceptr to, unsigned int value, size_t count) {
  return fill(nullptr, row(to, value, 4, count), false);
}
GF_API cuMemsetD8Async(CUdeviceptr to, unsigned char value, size_t count, CUstream stream) {
  return fill(stream, row(to, value, 1, count), true);
}
GF_API cuMemsetD16Async(CUdeviceptr to, unsigned short value, size_t count, CUstream stream) {
  return fill(stream, row(to, value, 2, count), true);
}
GF_API cuMemsetD32Async(CUdeviceptr to, unsigned int value, size_t count, CUstream stream) {
  return fill(stream, row(to, value, 4, count), true);
}

GF_API cuMemsetD2D8_v2(CUdeviceptr to, size_t pitch, unsigned char value, size_t width,
                       size_t height) {
  return fill(nullptr, rows(to, pitch, value, 1, width, height), false);
}
GF_API cuMemsetD2D16_v2(CUdeviceptr to, size_t pitch, unsigned short value, size_t width,
                        size_t height) {
  return fill(nullptr, rows(to, pitch, value, 2, width, height), false);
}
GF_API cuMemsetD2D32_v2(CUdeviceptr to, size_t pitch, unsigned int value, size_t width,
                        size_t height) {
  return fill(nullptr, rows(to, pitch, value, 4, width, height), false);
}
GF_API cuMemsetD2D8Async(CUdeviceptr to, size_t pitch, unsigned char value, size_t width,
                         size_t height, CUstream stream) {
  return fill(stream, rows(to, pitch, value, 1, width, height), true);
}
GF_API cuMemsetD2D16Async(CUdeviceptr to, size_t pitch, unsigned short value, size_t width,
                          size_t height, CUstream stream) {
  return fill(stream, rows(to, pitch, value, 2, width, height), true);
}
GF_API cuMemsetD2D32Async(CUdeviceptr to, size_t pitch, unsigned int value, size_t width,
                          size_t height, CUstream stream) {
  return fill(stream, rows(to, pitch, value, 4, width, height), true);
}
