#include "backends/cuda/lane.h"

#include "cuda_wire.h"

namespace gpuferry::cuda {

namespace {

struct ThreadState {
  CUcontext context = nullptr;
  CUstreamCaptureMode capture_mode = CU_STREAM_CAPTURE_MODE_GLOBAL;
  uint32_t contexts_destroyed = 0;
  bool known = false;
};
thread_local ThreadState thread;

} // namespace

void forget_current_context() { thread.known = false; }

CUresult Lane::put_in_place(Session &session) {
  if (!context && context_handle)
    if (const auto native = session.objects.find(GF_KIND_CONTEXT, context_handle))
      context = reinterpret_cast<CUcontext>(*native);
  // A new context may get the address of a destroyed one, so equal is not the same across that.
  const uint32_t destroyed = session.contexts_destroyed.load(std::memory_order_acquire);
  if (!thread.known || thread.context != context || thread.contexts_destroyed != destroyed) {
    if (const CUresult error = session.driver.cuCtxSetCurrent(context))
      return error;
    thread.context = context;
    thread.contexts_destroyed = destroyed;
    thread.known = true;
  }
  if (thread.capture_mode != capture_mode && session.driver.cuThreadExchangeStreamCaptureMode) {
    CUstreamCaptureMode mode = capture_mode;
    if (session.driver.cuThreadExchangeStreamCaptureMode(&mode) == CUDA_SUCCESS)
      thread.capture_mode = capture_mode;
  }
  return CUDA_SUCCESS;
}

CUresult Lane::own_stream(Session &session, CUstream *stream) {
  CUstream &own = own_streams[context];
  if (!own)
    if (const CUresult error = session.driver.cuStreamCreate(&own, CU_STREAM_DEFAULT))
      return error;
  *stream = own;
  return CUDA_SUCCESS;
}

void Lane::forget(CUcontext gone) {
  own_streams.erase(gone);
  if (context == gone)
    context = nullptr;
}

} // namespace gpuferry::cuda
