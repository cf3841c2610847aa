#include "stream.h"

#include "capture.h"
#include "process.h"
#include "work.h"

namespace softcuda {

namespace {

std::atomic<uint64_t> next_stream_id{1};

struct WaitOp final : Op {
  explicit WaitOp(Record record) : record(std::move(record)) {}
  void run(bool) override { record.queue->wait(record.ticket); }
  Record record;
};

struct RecordOp final : Op {
  RecordOp(std::shared_ptr<EventState> state, uint64_t number)
      : state(std::move(state)), number(number) {}
  void run(bool) override {
    std::lock_guard lock(state->mutex);
    if (state->records ==
        number) // else it has been recorded anew, and this record no longer counts
      state->time_ns.store(now_ns(), std::memory_order_relaxed);
  }
  std::shared_ptr<EventState> state;
  uint64_t number;
};

/// Of an event that processes share.
struct SharedRecordOp final : Op {
  SharedRecordOp(std::shared_ptr<SharedEvent> event, uint32_t number)
      : event(std::move(event)), number(number) {}
  void run(bool) override { event->complete(number); }
  std::shared_ptr<SharedEvent> event;
  uint32_t number;
};

struct SharedWaitOp final : Op {
  SharedWaitOp(std::shared_ptr<SharedEvent> event, uint32_t number)
      : event(std::move(event)), number(number) {}
  void run(bool) override { event->wait(number); }
  std::shared_ptr<SharedEvent> event;
  uint32_t number;
};

} // namespace

Stream::Stream(Context &context, unsigned flags, int priority)
    : context(context), flags(flags), priority(priority), id(next_stream_id++),
      blocking(!(flags & CU_STREAM_NON_BLOCKING)), queue(context.make_queue(priority < 0)) {}

EventState::EventState() = default;
EventState::~EventState() {
  if (shared_key)
    drop_shared_file(shared_key);
}

// What was submitted still runs: operations hold on to the queue, not to the stream.
Stream::~Stream() { leave_capture(); }

CUresult resolve_stream(CUstream handle, Context &current, Stream **out) {
  if (!handle)
    *out = gf_per_thread_stream ? &current.thread_stream() : &current.legacy_stream();
  else if (handle == CU_STREAM_LEGACY)
    *out = &current.legacy_stream();
  else if (handle == CU_STREAM_PER_THREAD)
    *out = &current.thread_stream();
  else if (!(*out = Stream::from(handle)))
    return CUDA_ERROR_INVALID_HANDLE;
  return CUDA_SUCCESS;
}

Op *make_wait(const Record &record) { return new WaitOp(record); }

void wait_for(Stream &stream, const Record &record) {
  if (record.queue && record.queue != stream.queue && !record.done())
    stream.context.submit(stream, new WaitOp(record));
}

CUresult wait_for_event(Stream &stream, Event &event) {
  if (stream.capture || event.state->is_captured()) {
    CUresult result = capture_wait(stream, event);
    if (result || stream.capture)
      return result;
  }
  if (stream.meets_captures())
    return refuse_implicit(stream);
  if (auto shared = event.state->shared_state()) {
    if (!shared->done())
      stream.context.submit(stream, new SharedWaitOp(shared, shared->submitted.load()));
    return CUDA_SUCCESS;
  }
  wait_for(stream, event.state->latest());
  return CUDA_SUCCESS;
}

CUresult record_event(Stream &stream, Event &event) {
  if (stream.capture)
    return capture_record(stream, event);
  if (stream.meets_captures())
    return refuse_implicit(stream);
  EventState &state = *event.state;
  std::lock_guard lock(state.mutex);
  state.records++;
  uint64_t ticket = stream.context.submit(stream, new RecordOp(event.state, state.records));
  if (state.shared)
    ticket =
        stream.context.submit(stream, new SharedRecordOp(state.shared, ++state.shared->submitted));
  state.record = {stream.queue, ticket};
  state.capture.reset();
  return CUDA_SUCCESS;
}

} // namespace softcuda
