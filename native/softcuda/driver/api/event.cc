// Events.
#include "../capture.h"
#include "../capture_rules.h"
#include "../entry.h"
#include "../stream.h"

using namespace softcuda;

namespace {

CUresult enter_event(CUevent handle, Event **event) {
  GF_TRY(enter());
  *event = Event::from(handle);
  if (!*event)
    return CUDA_ERROR_INVALID_HANDLE;
  if (!context_lives((*event)->context_id))
    return CUDA_ERROR_CONTEXT_IS_DESTROYED;
  return static_cast<CUresult>((*event)->context.sticky());
}

} // namespace

GF_API cuEventCreate(CUevent *out, unsigned int flags) {
  Context *context;
  GF_TRY(enter(&context));
  constexpr unsigned kKnown =
      CU_EVENT_BLOCKING_SYNC | CU_EVENT_DISABLE_TIMING | CU_EVENT_INTERPROCESS;
  GF_REQUIRE(out && (flags & ~kKnown) == 0);
  GF_REQUIRE(!(flags & CU_EVENT_INTERPROCESS) || (flags & CU_EVENT_DISABLE_TIMING));
  *out = handle_of<CUevent>(new Event(context->root(), flags));
  return CUDA_SUCCESS;
}

GF_API cuEventDestroy_v2(CUevent handle) {
  GF_TRY(enter());
  Event *event = Event::from(handle);
  if (!event)
    return CUDA_ERROR_INVALID_HANDLE;
  delete event;
  return CUDA_SUCCESS;
}

GF_API cuEventDestroy(CUevent handle) { return cuEventDestroy_v2(handle); }

GF_API cuEventRecordWithFlags(CUevent handle, CUstream stream_handle, unsigned int flags) {
  Stream *stream;
  Event *event;
  GF_TRY(enter(stream_handle, &stream));
  GF_TRY(enter_event(handle, &event));
  GF_REQUIRE((flags & ~CU_EVENT_RECORD_EXTERNAL) == 0);
  if (&event->context != &stream->context.root())
    return CUDA_ERROR_INVALID_HANDLE;
  if (flags & CU_EVENT_RECORD_EXTERNAL) {
    GF_REQUIRE(stream->capture);
    return capture_event_node(*stream, *event, true);
  }
  return record_event(*stream, *event);
}

GF_API cuEventRecord(CUevent handle, CUstream stream) {
  return cuEventRecordWithFlags(handle, stream, 0);
}

GF_API cuEventQuery(CUevent handle) {
  Event *event;
  GF_TRY(enter_event(handle, &event));
  GF_TRY(refuse_captured(*event));
  GF_TRY(refuse_unsafe());
  const auto shared = event->state->shared_state();
  if (shared ? !shared->done() : !event->state->latest().done())
    return CUDA_ERROR_NOT_READY;
  return static_cast<CUresult>(event->context.sticky());
}

GF_API cuEventSynchronize(CUevent handle) {
  Event *event;
  GF_TRY(enter_event(handle, &event));
  GF_TRY(refuse_captured(*event));
  GF_TRY(refuse_unsafe());
  Context &context = event->context;
  if (const auto shared = event->state->shared_state())
    shared->wait(shared->submitted.load());
  Record record = event->state->latest();
  if (record.queue)
    record.queue->wait(record.ticket);
  context.flush_prints();
  return static_cast<CUresult>(context.sticky());
}

GF_API cuEventElapsedTime_v2(float *milliseconds, CUevent from, CUevent to) {
  Event *start, *end;
  GF_TRY(enter_event(from, &start));
  GF_TRY(enter_event(to, &end));
  GF_REQUIRE(milliseconds);
  if (&start->context != &end->context || (start->flags & CU_EVENT_DISABLE_TIMING) ||
      (end->flags & CU_EVENT_DISABLE_TIMING))
    return CUDA_ERROR_INVALID_HANDLE;
  GF_TRY(refuse_captured(*start));
  GF_TRY(refuse_captured(*end));
  Record first = start->state->latest(), last = end->state->latest();
  if (!first.queue || !last.queue)
    return CUDA_ERROR_INVALID_HANDLE; // one was never recorded
  if (!first.done() || !last.done())
    return CUDA_ERROR_NOT_READY;
  int64_t elapsed_ns = end->state->time_ns - start->state->time_ns;
  *milliseconds = static_cast<float>(static_cast<double>(elapsed_ns) * 1e-6);
  return CUDA_SUCCESS;
}

GF_API cuEventElapsedTime(float *milliseconds, CUevent from, CUevent to) {
  return cuEventElapsedTime_v2(milliseconds, from, to);
}

namespace {

CUresult enter_context_event(CUcontext context_handle, CUevent handle, Context **context,
                             Event **event) {
  GF_TRY(enter_event(handle, event));
  if (!context_handle)
    return current_context(context);
  *context = Context::from(context_handle);
  return *context ? static_cast<CUresult>((*context)->sticky()) : CUDA_ERROR_INVALID_CONTEXT;
}

} // namespace

// The legacy stream comes after everything in blocking streams; what non-blocking ones do is waited
// for by name.
GF_API cuCtxRecordEvent(CUcontext context_handle, CUevent handle) {
  Context *context;
  Event *event;
  GF_TRY(enter_context_event(context_handle, handle, &context, &event));
  if (&event->context != &context->root())
    return CUDA_ERROR_INVALID_HANDLE;
  for (const Record &record : context->outstanding())
    wait_for(context->legacy_stream(), record);
  return record_event(context->legacy_stream(), *event);
}

GF_API cuCtxWaitEvent(CUcontext context_handle, CUevent handle) {
  Context *context;
  Event *event;
  GF_TRY(enter_context_event(context_handle, handle, &context, &event));
  context->gate(event->state->latest());
  return CUDA_SUCCESS;
}
