#include "backends/cuda/capture_watch.h"

#include <algorithm>

namespace gpuferry::cuda {

void CaptureWatch::begun(CUstream stream, CUstreamCaptureMode mode, const Lane &lane) {
  std::lock_guard lock(lock_);
  entries_.push_back({stream, mode, &lane});
  ++count_;
}

void CaptureWatch::ended(CUstream stream) {
  std::lock_guard lock(lock_);
  count_ -= static_cast<unsigned>(
      std::erase_if(entries_, [stream](const Entry &entry) { return entry.stream == stream; }));
}

std::optional<CaptureWatch::Entry> CaptureWatch::find(CUstream stream) const {
  std::lock_guard lock(lock_);
  for (const Entry &entry : entries_)
    if (entry.stream == stream)
      return entry;
  return std::nullopt;
}

void CaptureWatch::forget(const Lane &lane) {
  std::lock_guard lock(lock_);
  for (Entry &entry : entries_)
    if (entry.lane == &lane)
      entry.lane = nullptr;
}

CUresult CaptureWatch::refuse_unsafe(const Driver &driver, const Lane &lane) {
  if (!any() || lane.capture_mode == CU_STREAM_CAPTURE_MODE_RELAXED)
    return CUDA_SUCCESS;
  std::lock_guard lock(lock_);
  CUresult result = CUDA_SUCCESS;
  for (const Entry &entry : entries_) {
    const bool is_own = entry.lane == &lane && entry.mode != CU_STREAM_CAPTURE_MODE_RELAXED;
    const bool is_global = entry.mode == CU_STREAM_CAPTURE_MODE_GLOBAL &&
                           lane.capture_mode == CU_STREAM_CAPTURE_MODE_GLOBAL;
    if (!is_own && !is_global)
      continue;
    driver.cuStreamQuery(entry.stream); // which no capture survives
    result = CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED;
  }
  return result;
}

} // namespace gpuferry::cuda
