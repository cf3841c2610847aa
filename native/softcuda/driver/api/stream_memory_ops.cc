// Waiting for a word in memory, and writing one, in stream order.
#include "../entry.h"
#include "../work.h"

using namespace softcuda;

namespace {

CUresult wait_value(CUstream handle, CUdeviceptr address, uint64_t value, unsigned bits,
                    unsigned flags) {
  Stream *stream;
  GF_TRY(enter(handle, &stream));
  GF_REQUIRE((flags & ~(3u | CU_STREAM_WAIT_VALUE_FLUSH)) == 0);
  GF_REQUIRE(address % (bits / 8) == 0 && known(address, bits / 8));
  return enqueue(*stream, WaitValueWork{address, value, bits, flags});
}

CUresult write_value(CUstream handle, CUdeviceptr address, uint64_t value, unsigned bits,
                     unsigned flags) {
  Stream *stream;
  GF_TRY(enter(handle, &stream));
  GF_REQUIRE((flags & ~CU_STREAM_WRITE_VALUE_NO_MEMORY_BARRIER) == 0);
  GF_REQUIRE(address % (bits / 8) == 0 && known(address, bits / 8));
  return enqueue(*stream, WriteValueWork{address, value, bits});
}

} // namespace

GF_API cuStreamWaitValue32_v2(CUstream stream, CUdeviceptr address, cuuint32_t value,
                              unsigned int flags) {
  return wait_value(stream, address, value, 32, flags);
}
GF_API cuStreamWaitValue64_v2(CUstream stream, CUdeviceptr address, cuuint64_t value,
                              unsigned int flags) {
  return wait_value(stream, address, value, 64, flags);
}
GF_API cuStreamWriteValue32_v2(CUstream stream, CUdeviceptr address, cuuint32_t value,
                               unsigned int flags) {
  return write_value(stream, address, value, 32, flags);
}
GF_API cuStreamWriteValue64_v2(CUstream stream, CUdeviceptr address, cuuint64_t value,
                               unsigned int flags) {
  return write_value(stream, address, value, 64, flags);
}

// The first versions differ from the second only in which devices allow them.
GF_API cuStreamWaitValue32(CUstream stream, CUdeviceptr address, cuuint32_t value,
                           unsigned int flags) {
  return wait_value(stream, address, value, 32, flags);
}
GF_API cuStreamWaitValue64(CUstream stream, CUdeviceptr address, cuuint64_t value,
                           unsigned int flags) {
  return wait_value(stream, address, value, 64, flags);
}
GF_API cuStreamWriteValue32(CUstream stream, CUdeviceptr address, cuuint32_t value,
                            unsigned int flags) {
  return write_value(stream, address, value, 32, flags);
}
GF_API cuStreamWriteValue64(CUstream stream, CUdeviceptr address, cuuint64_t value,
                            unsigned int flags) {
  return write_value(stream, address, value, 64, flags);
}

GF_API cuStreamBatchMemOp_v2(CUstream stream, unsigned int count, CUstreamBatchMemOpParams *params,
                             unsigned int flags) {
  GF_REQUIRE(params && count && count <= 256 && flags == 0);
  for (unsigned i = 0; i < count; i++) {
    const CUstreamBatchMemOpParams &op = params[i];
    switch (op.operation) {
    case CU_STREAM_MEM_OP_WAIT_VALUE_32:
      GF_TRY(wait_value(stream, op.waitValue.address, op.waitValue.value, 32, op.waitValue.flags));
      break;
    case CU_STREAM_MEM_OP_WAIT_VALUE_64:
      GF_TRY(
          wait_value(stream, op.waitValue.address, op.waitValue.value64, 64, op.waitValue.flags));
      break;
    case CU_STREAM_MEM_OP_WRITE_VALUE_32:
      GF_TRY(
          write_value(stream, op.writeValue.address, op.writeValue.value, 32, op.writeValue.flags));
      break;
    case CU_STREAM_MEM_OP_WRITE_VALUE_64:
      GF_TRY(write_value(stream, op.writeValue.address, op.writeValue.value64, 64,
                         op.writeValue.flags));
      break;
    case CU_STREAM_MEM_OP_FLUSH_REMOTE_WRITES:
    case CU_STREAM_MEM_OP_BARRIER:
      break; // the operations of a stream are in order here, always
    default:
      return CUDA_ERROR_INVALID_VALUE;
    }
  }
  return CUDA_SUCCESS;
}

GF_API cuStreamBatchMemOp(CUstream stream, unsigned int count, CUstreamBatchMemOpParams *params,
                          unsigned int flags) {
  return cuStreamBatchMemOp_v2(stream, count, params, flags);
}
