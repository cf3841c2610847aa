// Streams and events.
#pragma once

#include "context.h"
#include "ipc.h"
#include "object.h"
#include "queue.h"
#include "shared_file.h"

namespace softcuda {

class Capture;
struct Dependency;

class Stream : public Object<Stream, Kind::Stream> {
public:
  Stream(Context &context, unsigned flags, int priority);
  ~Stream();

  Context &context;
  const unsigned flags;
  const int priority;
  const uint64_t id;
  /// Takes part in the legacy default stream's order.
  const bool blocking;
  const std::shared_ptr<Queue> queue;
  /// Set while the stream is being captured into a graph.
  std::shared_ptr<Capture> capture;
  /// Of the legacy stream: how many streams that it would wait for are being captured.
  std::atomic<unsigned> captures_met{0};
  bool meets_captures() const { return captures_met.load(std::memory_order_relaxed) != 0; }
  /// Before it is destroyed: a capture that it began is over.
  void leave_capture();

  std::mutex order_mutex;
  std::map<uint64_t, uint64_t> waited; // under order_mutex: queue id → highest ticket waited for
};

/// The part of an event that operations in flight hold on to.
struct EventState {
  EventState();
  ~EventState();

  std::mutex mutex;
  Record record;                   // under mutex: the latest
  uint64_t records = 0;            // under mutex: how often it was recorded
  std::atomic<int64_t> time_ns{0}; // of the latest record, once complete
  // Under mutex: the latest record was captured, behind these nodes.
  std::weak_ptr<Capture> capture;
  std::vector<Dependency> captured_behind;
  // Under mutex: of an event that other processes share; what counts is then what stands there.
  std::shared_ptr<SharedEvent> shared;
  uint64_t shared_key = 0; // of the file, where this process made it

  std::shared_ptr<SharedEvent> shared_state() {
    std::lock_guard lock(mutex);
    return shared;
  }
  Record latest() {
    std::lock_guard lock(mutex);
    return record;
  }
  bool is_captured() {
    std::lock_guard lock(mutex);
    return !capture.expired();
  }
};

class Event : public Object<Event, Kind::Event> {
public:
  Event(Context &context, unsigned flags)
      : context(context), context_id(context.id), flags(flags),
        state(std::make_shared<EventState>()) {}
  Context &context;
  const uint64_t context_id;
  const unsigned flags;
  const std::shared_ptr<EventState> state;
};

/// The stream that a handle means to this thread: null and the two named default streams included.
/// CUDA_ERROR_INVALID_HANDLE for anything else that is no live stream.
CUresult resolve_stream(CUstream handle, Context &current, Stream **out);

/// An operation that waits for `record`.
Op *make_wait(const Record &record);

/// Puts into `stream` a wait for `record`; nothing where that is done already.
void wait_for(Stream &stream, const Record &record);

/// As wait_for(), with what a capture of the stream or of the event makes of it.
CUresult wait_for_event(Stream &stream, Event &event);

/// Records `event` at the end of `stream`, or in its capture.
CUresult record_event(Stream &stream, Event &event);

} // namespace softcuda
