// What a thread may not do while streams are captured: calls that might have to wait for the device,
// or that other threads' captures might be part of (cuThreadExchangeStreamCaptureMode).
#pragma once

#include "cuda_api.h"

#include <atomic>

namespace softcuda {

extern std::atomic<unsigned> captures_under_way;

CUresult refuse_unsafe_slowly();

/// CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED where a capture forbids such a call to this thread; the
/// capture is spoiled by it.
inline CUresult refuse_unsafe() {
  return captures_under_way.load(std::memory_order_acquire) ? refuse_unsafe_slowly() : CUDA_SUCCESS;
}

} // namespace softcuda
