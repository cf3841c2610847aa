// How much GPU time a session uses, and holding it back when it has used its grant.
//
// Time is measured with the driver's own events, so the meter works on any driver. An event pair a
// launch would cost as much as the launch: instead a stream's work is cut into segments.
//
//      start        every op until …              mark               mark
//   ─────┼──■■■■──■■──■■■■■■──■■■■■──…──■■■■──────┼───■■■■──■■■──…────┼──
//        └────────────── segment ─────────────────┘└──── segment ─────┘
//
// A mark ends one segment and starts the next while work follows; a stream that was idle gets a new
// start. Marks are put after enough work, when the rings run dry, and before a call that waits. Time
// used is the union of all segments of a context, so that two streams at once count once.
#pragma once

#include "cuda_driver.h"
#include "executor/grant_page.h"

#include <atomic>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace gpuferry::cuda {

class GpuMeter {
public:
  GpuMeter(const Driver &driver, executor::GrantPage &grant) : driver_(driver), grant_(grant) {}
  ~GpuMeter();

  /// Before work is queued on `stream` of `context`, which is current: waits for a grant, and marks
  /// the start. False: the session was revoked.
  bool before_work(CUcontext context, CUstream stream);

  /// The work was queued.
  void after_work(CUcontext context, CUstream stream);

  /// Ends open segments: nothing more is coming for a while. Cheap when none is open.
  void quiet();

  /// Ends segments that got nothing new for a while, although calls keep coming.
  void look();

  /// Takes in what has finished. Returns whether work is still running.
  bool harvest();

  /// While a stream is being captured, events would become part of the graph.
  void capture_begins() { ++captures_; }
  void capture_ends() { captures_ -= captures_ > 0; }

  /// The context, or one stream of it, is about to be destroyed: before it is, because the watcher may
  /// ask about its events at any time.
  void forget(CUcontext context);
  void forget(CUcontext context, CUstream stream);

private:
  struct Mark {
    CUevent event = nullptr;
    int64_t at_ns = 0; // on the context's own clock, once done
    bool done = false;
  };
  using MarkPtr = std::shared_ptr<Mark>;
  struct Segment {
    MarkPtr start, end;
    unsigned ops = 0;
  };
  struct Stream {
    MarkPtr last;     // start of the open segment, or end of the last one
    unsigned ops = 0; // in the open segment
  };
  struct Context {
    std::map<CUstream, Stream> streams;
    std::deque<Segment> running;
    MarkPtr reference;      // the last mark whose time is known
    int64_t counted_ns = 0; // up to here on the context's clock all time was counted
    std::vector<CUevent> spare_events;
  };

  void watch();
  void call_watcher();

  bool metering() const { return captures_ == 0; }
  MarkPtr put_mark(Context &context, CUstream stream);
  void end_segment(Context &context, CUstream key, Stream &stream);
  bool finish(Context &context, Segment &segment);
  void destroy_events(const Context &context);
  void end_open_segments();
  void harvest_locked();
  void recycle(Context &context, MarkPtr &mark);
  uint64_t in_flight_ns() const;
  unsigned ops_per_segment() const;
  bool may_go();
  void publish_backlog();
  void publish_backlog(bool backlogged);

  const Driver &driver_;
  executor::GrantPage &grant_;
  std::mutex lock_;
  std::map<CUcontext, Context> contexts_;
  unsigned captures_ = 0;
  bool backlogged_ = false;    // as the grant page was told
  uint64_t op_ns_ = 0;         // average of an operation; 0: not known yet
  uint64_t ops_in_flight_ = 0; // in open and running segments
  unsigned open_ = 0;          // streams with an open segment
  uint64_t ops_begun_ = 0;

  // Takes in what finishes while every other thread waits in the driver: a server that shares the GPU
  // must not think that a session uses none because it waits for a long queue.
  std::thread watcher_;
  uint32_t watching_ = 0; // futex word: 1 while the watcher looks regularly
  std::atomic<bool> stopping_{false};
  uint64_t ops_at_last_look_ = 0;
};

} // namespace gpuferry::cuda
