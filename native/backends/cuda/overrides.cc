#include "backends/cuda/overrides.h"

namespace gpuferry::cuda {

namespace {

// Entry points carry no user data, and a process serves one session.
Session *the_session = nullptr;
Driver the_driver;

/// CUDA binds a capture that is not relaxed to the thread that began it, and the issuer may be another
/// thread by the time it ends. Who may call what meanwhile is the guest's thread's concern; the
/// driver is told that nobody is bound.
CUresult begin_capture(CUstream stream, CUstreamCaptureMode) {
  const CUresult result =
      the_driver.cuStreamBeginCapture_v2(stream, CU_STREAM_CAPTURE_MODE_RELAXED);
  if (result == CUDA_SUCCESS)
    the_session->meter.capture_begins();
  return result;
}

CUresult end_capture(CUstream stream, CUgraph *graph) {
  CUstreamCaptureStatus status = CU_STREAM_CAPTURE_STATUS_NONE;
  the_driver.cuStreamIsCapturing(stream, &status);
  const CUresult result = the_driver.cuStreamEndCapture(stream, graph);
  if (status != CU_STREAM_CAPTURE_STATUS_NONE)
    the_session->meter.capture_ends();
  return result;
}

} // namespace

void override_entry_points(Driver &driver, Session &session) {
  the_session = &session;
  the_driver = driver;
  if (driver.cuStreamBeginCapture_v2)
    driver.cuStreamBeginCapture_v2 = begin_capture;
  if (driver.cuStreamEndCapture && driver.cuStreamIsCapturing)
    driver.cuStreamEndCapture = end_capture;
}

} // namespace gpuferry::cuda
