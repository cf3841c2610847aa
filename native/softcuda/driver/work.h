// What streams and graphs do: kernels, copies, fills, host functions. Each kind is a plain value
// with run(), so that one description serves a stream's operation and a graph's node.
#pragma once

#include "module.h"
#include "stream.h"

#include <variant>

namespace softcuda {

struct KernelWork {
  Function *function;
  jit::Dim3 grid, block, cluster;
  bool is_explicit_cluster = false;
  unsigned dynamic_shared_bytes;
  bool cooperative;
  std::vector<std::byte> params;             // packed
  std::vector<Binding> bindings;             // of its module's texture and surface references
  std::vector<CUlaunchAttribute> attributes; // that a graph's node gives back
  void run(Context &context) const;
};

/// A box of bytes from one place to another; a flat copy is one row.
struct CopyWork {
  uint64_t to = 0, from = 0;
  uint64_t to_pitch = 0, from_pitch = 0; // bytes from row to row
  uint64_t to_slice = 0, from_slice = 0; // bytes from slice to slice
  uint64_t row_bytes = 0, rows = 1, slices = 1;
  void run(Context &context) const;
};

/// Rows of equal elements of 1, 2 or 4 bytes.
struct FillWork {
  uint64_t to = 0, pitch = 0;
  uint32_t value = 0;
  unsigned element_bytes = 1;
  uint64_t row_elements = 0, rows = 1;
  void run(Context &context) const;
};

struct HostWork {
  CUhostFn function;
  void *user;
  void run(Context &context) const;
};

/// Waits for words in memory and writes some, in order (cuStreamBatchMemOp).
struct MemOpsWork {
  std::vector<CUstreamBatchMemOpParams> ops;
  void run(Context &context) const;
};

/// CUDA_ERROR_INVALID_VALUE unless every one of `ops` is an operation that there is, on a word that
/// the driver knows.
CUresult check_mem_ops(const CUstreamBatchMemOpParams *ops, unsigned count);

/// Frees stream-ordered memory.
struct FreeWork {
  uint64_t address;
  void run(Context &context) const;
};

template <class Work> struct WorkOp final : Op {
  WorkOp(Context &context, Work work)
      : Op(std::is_same_v<Work, HostWork>), context(context), work(std::move(work)) {}
  void run(bool poisoned) override {
    if (!poisoned)
      work.run(context);
  }
  Context &context;
  Work work;
};

/// What a captured stream or a graph's node may do; nothing (monostate) is an empty node.
using AnyWork =
    std::variant<std::monostate, KernelWork, CopyWork, FillWork, HostWork, MemOpsWork, FreeWork>;

/// Adds a node to the graph that `stream` is being captured into.
CUresult capture(Stream &stream, AnyWork work);
/// The error of a call that may not be made while its stream is captured, which spoils the capture;
/// CUDA_SUCCESS where nothing is captured.
CUresult refuse_in_capture(Stream &stream);
/// The error of work in the legacy stream while a stream that it would wait for is captured, which
/// spoils that capture.
CUresult refuse_implicit(Stream &stream);

/// Puts `work` at the end of `stream`.
template <class Work> CUresult enqueue(Stream &stream, Work work) {
  if (stream.capture) [[unlikely]]
    return capture(stream, std::move(work));
  if (stream.meets_captures()) [[unlikely]]
    return refuse_implicit(stream);
  stream.context.submit(stream, new WorkOp<Work>(stream.context, std::move(work)));
  return CUDA_SUCCESS;
}

/// Does `work` in the order of `stream`, and returns when it is done.
template <class Work> CUresult perform(Stream &stream, Work work) {
  if (stream.capture) [[unlikely]]
    return refuse_in_capture(stream);
  if (stream.meets_captures()) [[unlikely]]
    return refuse_implicit(stream);
  Context &context = stream.context;
  uint64_t ticket =
      context.submit(stream, new WorkOp<Work>(context, std::move(work)), Queue::Start::OnWait);
  stream.queue->wait(ticket);
  context.flush_prints();
  return static_cast<CUresult>(context.sticky());
}

} // namespace softcuda
