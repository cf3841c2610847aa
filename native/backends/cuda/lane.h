// The driver-side state of a guest thread, kept by lane and put in place on whichever thread issues.
#pragma once

#include "backends/cuda/session.h"
#include "executor/backend.h"

#include <map>
#include <string>

namespace gpuferry::cuda {

struct Lane final : executor::LaneState {
  uint64_t context_handle = 0; ///< the current context's guest handle; it may name nothing yet
  CUcontext context = nullptr; ///< what it names
  CUstreamCaptureMode capture_mode = CU_STREAM_CAPTURE_MODE_GLOBAL;
  std::map<CUcontext, CUstream> own_streams; ///< per-thread default streams, made on demand

  /// Of pageable memory that the driver took for a stream, since one was last seen without work.
  uint64_t staged_ahead_bytes = 0;

  std::string dot_text; ///< of a graph, as far as the guest has not fetched it

  /// Makes the calling thread what the guest's thread would be to a driver. Costs two comparisons
  /// where the thread served the same lane before.
  CUresult put_in_place(Session &session);

  /// The default stream of this lane in its context.
  CUresult own_stream(Session &session, CUstream *stream);

  /// The context is gone, and what was made in it.
  void forget(CUcontext gone);
};

/// The calling thread's current context was changed behind put_in_place's back: it must look again.
void forget_current_context();

} // namespace gpuferry::cuda
