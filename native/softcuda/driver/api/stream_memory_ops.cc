// Waiting for a word in memory, and writing one, in stream order.
#include "../entry.h"
#include "../work.h"

using namespace softcuda;

namespace {

CUresult submit(CUstream handle, const CUstreamBatchMemOpParams *ops, unsigned count) {
  Stream *stream;
  GF_TRY(enter(handle, &stream));
  GF_TRY(check_mem_ops(ops, count));
  return enqueue(*stream, MemOpsWork{{ops, ops + count}});
}

CUresult wait_value(CUstream stream, CUdeviceptr address, uint64_t value, unsigned bits,
                    unsigned flags) {
  CUstreamBatchMemOpParams op{};
  op.waitValue.operation =
      bits == 64 ? CU_STREAM_MEM_OP_WAIT_VALUE_64 : CU_STREAM_MEM_OP_WAIT_VALUE_32;
  op.waitValue.address = address;
  op.waitValue.value64 = value;
  op.waitValue.flags = flags;
  return submit(stream, &op, 1);
}

CUresult write_value(CUstream stream, CUdeviceptr address, uint64_t value, unsigned bits,
                     unsigned flags) {
  CUstreamBatchMemOpParams op{};
  op.writeValue.operation =
      bits == 64 ? CU_STREAM_MEM_OP_WRITE_VALUE_64 : CU_STREAM_MEM_OP_WRITE_VALUE_32;
  op.writeValue.address = address;
  op.writeValue.value64 = value;
  op.writeValue.flags = flags;
  return submit(stream, &op, 1);
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

// All or nothing: what is wrong is found before anything is done.
GF_API cuStreamBatchMemOp_v2(CUstream stream, unsigned int count, CUstreamBatchMemOpParams *params,
                             unsigned int flags) {
  GF_REQUIRE(params && count && count <= 256 && flags == 0);
  return submit(stream, params, count);
}

GF_API cuStreamBatchMemOp(CUstream stream, unsigned int count, CUstreamBatchMemOpParams *params,
                          unsigned int flags) {
  return cuStreamBatchMemOp_v2(stream, count, params, flags);
}
