// Who captures what. CUDA binds a capture to the thread that began it, and the executor's threads are
// not the guest's: the driver is told that all captures are relaxed, and what the modes forbid
// (cuThreadExchangeStreamCaptureMode) is decided here, where lanes stand for the guest's threads.
#pragma once

#include "backends/cuda/lane.h"
#include "cuda_driver.h"
#include "cuda_wire.h"

#include <array>
#include <mutex>
#include <optional>
#include <vector>

namespace gpuferry::cuda {

class CaptureWatch {
public:
  struct Entry {
    CUstream stream; ///< the origin
    CUstreamCaptureMode mode;
    const Lane *lane; ///< that began it, null once its thread is gone
  };

  bool any() const { return count_.load(std::memory_order_relaxed) != 0; }
  void begun(CUstream stream, CUstreamCaptureMode mode, const Lane &lane);
  /// Nothing happens if none was.
  void ended(CUstream stream);
  std::optional<Entry> find(CUstream stream) const;
  void forget(const Lane &lane);

  /// CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED for a call of `lane` that might have to wait for the device,
  /// where a capture forbids those. The capture is spoiled by it.
  CUresult refuse_unsafe(const Driver &driver, const Lane &lane);

private:
  mutable std::mutex lock_;
  std::vector<Entry> entries_;
  std::atomic<unsigned> count_{0};
};

/// Calls that might have to wait for the device. Those that ask about an event look at it first, and
/// those that register memory are made by the shim, too: they ask for themselves.
constexpr std::array<bool, GF_OPCODE_COUNT> make_unsafe_table() {
  std::array<bool, GF_OPCODE_COUNT> is_unsafe{};
  for (const auto opcode :
       {GF_OP_cuMemAlloc_v2, GF_OP_cuMemAllocPitch_v2, GF_OP_cuMemFree_v2, GF_OP_cuMemAllocManaged,
        GF_OP_cuMemHostAlloc, GF_OP_cuMemFreeHost, GF_OP_cuMemHostUnregister,
        GF_OP_cuArrayCreate_v2, GF_OP_cuArray3DCreate_v2, GF_OP_cuArrayDestroy,
        GF_OP_cuMipmappedArrayCreate, GF_OP_cuMipmappedArrayDestroy, GF_OP_cuCtxSynchronize_v2})
    is_unsafe[opcode] = true;
  return is_unsafe;
}

} // namespace gpuferry::cuda
