// Copies of flat ranges.
#include "../entry.h"
#include "../work.h"

#include <cstdlib>
#include <cstring>
#include <memory>

using namespace softcuda;

namespace {

// Up to here a pageable source is staged, so that the call returns at once, as CUDA does; above,
// the call takes its turn in the stream.
constexpr size_t kStagedBytes = 64 << 10;

CopyWork flat(uint64_t to, uint64_t from, size_t bytes) {
  CopyWork work;
  work.to = to;
  work.from = from;
  work.row_bytes = bytes;
  return work;
}

uint64_t address_of(const void *pointer) { return reinterpret_cast<uint64_t>(pointer); }

// A copy whose source the application may change as soon as the call returns: it carries its bytes.
struct StagedCopy {
  uint64_t to;
  size_t bytes;
  std::unique_ptr<char[]> data;
  void run(Context &) const { memcpy(reinterpret_cast<void *>(to), data.get(), bytes); }
};

// Which of the two addresses must be memory that the driver knows of; the others may be the
// application's own.
enum Known { None = 0, To = 1, From = 2, Both = 3 };

CUresult check(uint64_t to, uint64_t from, size_t bytes, Known which) {
  GF_REQUIRE(which & To ? known(to, bytes) : accessible(to, bytes));
  GF_REQUIRE(which & From ? known(from, bytes) : accessible(from, bytes));
  return CUDA_SUCCESS;
}

CUresult copy_now(uint64_t to, uint64_t from, size_t bytes, Known which) {
  Stream *stream;
  GF_TRY(enter(nullptr, &stream));
  if (bytes == 0)
    return CUDA_SUCCESS;
  GF_TRY(check(to, from, bytes, which));
  return perform(*stream, flat(to, from, bytes));
}

CUresult copy_async(CUstream handle, uint64_t to, uint64_t from, size_t bytes, Known which) {
  Stream *stream;
  GF_TRY(enter(handle, &stream));
  if (bytes == 0)
    return CUDA_SUCCESS;
  GF_TRY(check(to, from, bytes, which));
  if (stream->capture)
    return enqueue(*stream, flat(to, from, bytes));
  bool to_pageable = !known(to, bytes), from_pageable = !known(from, bytes);
  // Into pageable memory: done when the call returns, as the application may rely on.
  if (to_pageable)
    return perform(*stream, flat(to, from, bytes));
  if (from_pageable) {
    if (bytes > kStagedBytes || stream->queue->idle())
      return perform(*stream, flat(to, from, bytes));
    StagedCopy copy{to, bytes, std::make_unique_for_overwrite<char[]>(bytes)};
    memcpy(copy.data.get(), reinterpret_cast<const void *>(from), bytes);
    stream->context.submit(*stream, new WorkOp<StagedCopy>(stream->context, std::move(copy)));
    return CUDA_SUCCESS;
  }
  return enqueue(*stream, flat(to, from, bytes));
}

} // namespace

GF_API cuMemcpyHtoD_v2(CUdeviceptr to, const void *from, size_t bytes) {
  return copy_now(to, address_of(from), bytes, To);
}

GF_API cuMemcpyDtoH_v2(void *to, CUdeviceptr from, size_t bytes) {
  return copy_now(address_of(to), from, bytes, From);
}

GF_API cuMemcpyDtoD_v2(CUdeviceptr to, CUdeviceptr from, size_t bytes) {
  return copy_now(to, from, bytes, Both);
}

GF_API cuMemcpy(CUdeviceptr to, CUdeviceptr from, size_t bytes) {
  return copy_now(to, from, bytes, None);
}

GF_API cuMemcpyHtoDAsync_v2(CUdeviceptr to, const void *from, size_t bytes, CUstream stream) {
  return copy_async(stream, to, address_of(from), bytes, To);
}

GF_API cuMemcpyDtoHAsync_v2(void *to, CUdeviceptr from, size_t bytes, CUstream stream) {
  return copy_async(stream, address_of(to), from, bytes, From);
}

GF_API cuMemcpyDtoDAsync_v2(CUdeviceptr to, CUdeviceptr from, size_t bytes, CUstream stream) {
  return copy_async(stream, to, from, bytes, Both);
}

GF_API cuMemcpyAsync(CUdeviceptr to, CUdeviceptr from, size_t bytes, CUstream stream) {
  return copy_async(stream, to, from, bytes, None);
}

// Addresses say which device they are of; the contexts only have to be live ones.
GF_API cuMemcpyPeer(CUdeviceptr to, CUcontext to_context, CUdeviceptr from, CUcontext from_context,
                    size_t bytes) {
  GF_TRY(enter());
  if (!Context::from(to_context) || !Context::from(from_context))
    return CUDA_ERROR_INVALID_CONTEXT;
  return cuMemcpyDtoD_v2(to, from, bytes);
}

GF_API cuMemcpyPeerAsync(CUdeviceptr to, CUcontext to_context, CUdeviceptr from,
                         CUcontext from_context, size_t bytes, CUstream stream) {
  GF_TRY(enter());
  if (!Context::from(to_context) || !Context::from(from_context))
    return CUDA_ERROR_INVALID_CONTEXT;
  return cuMemcpyDtoDAsync_v2(to, from, bytes, stream);
}
