#include "backends/cuda/gpu_meter.h"

#include "ring/futex.h"

#include <algorithm>
#include <chrono>
#include <set>

namespace gpuferry::cuda {

namespace {

// A segment aims at this much work: short enough for a scheduler that thinks in milliseconds, long
// enough that its two events do not show.
constexpr uint64_t kSegmentNs = 250'000;
constexpr unsigned kSegmentOpsMax = 64;
// While work runs whose end is not known yet, the gate looks again after this.
constexpr int64_t kRecheckNs = 200'000;

// The watcher's interval, and after how many looks without work it goes to sleep.
constexpr std::chrono::milliseconds kLookInterval{2};
constexpr unsigned kIdleLooks = 25;

constexpr int64_t ms_to_ns(float ms) { return static_cast<int64_t>(static_cast<double>(ms) * 1e6); }

} // namespace

bool GpuMeter::before_work(CUcontext context_handle, CUstream key) {
  std::unique_lock lock(lock_);
  if (!metering())
    return !grant_.revoked();
  if (grant_.gated()) {
    if (!may_go())
      end_open_segments(); // else their end would never be known
    if (!grant_.wait_for_grant([&] { return may_go(); }, kRecheckNs))
      return false;
  }
  Context &context = contexts_[context_handle];
  Stream &stream = context.streams[key];
  if (stream.ops > 0)
    return true;
  // The last segment's end is where this one starts, unless the stream has been idle since.
  if (stream.last && !stream.last->done)
    harvest_locked();
  if (!stream.last || stream.last->done) {
    recycle(context, stream.last);
    stream.last = put_mark(context, key);
  }
  return true;
}

void GpuMeter::after_work(CUcontext context_handle, CUstream key) {
  std::lock_guard lock(lock_);
  if (!metering())
    return;
  Context &context = contexts_[context_handle];
  Stream &stream = context.streams[key];
  if (!stream.last)
    return;
  if (stream.ops++ == 0)
    ++open_;
  ++ops_in_flight_;
  ++ops_begun_;
  if (ops_in_flight_ == 1) {
    publish_backlog(true);
    call_watcher();
  }
  if (stream.ops >= ops_per_segment())
    end_segment(context, key, stream);
}

void GpuMeter::quiet() {
  std::lock_guard lock(lock_);
  if (metering())
    end_open_segments();
}

void GpuMeter::end_open_segments() {
  if (open_ == 0)
    return;
  CUcontext current = nullptr;
  driver_.cuCtxGetCurrent(&current);
  for (auto &[handle, context] : contexts_)
    for (auto &[key, stream] : context.streams)
      if (stream.ops > 0) {
        if (handle != current)
          driver_.cuCtxSetCurrent(handle);
        end_segment(context, key, stream);
        if (handle != current)
          driver_.cuCtxSetCurrent(current);
      }
}

void GpuMeter::look() {
  std::lock_guard lock(lock_);
  if (open_ > 0 && ops_begun_ == ops_at_last_look_ && metering())
    end_open_segments();
  ops_at_last_look_ = ops_begun_;
}

bool GpuMeter::harvest() {
  std::lock_guard lock(lock_);
  harvest_locked();
  return ops_in_flight_ > 0;
}

GpuMeter::~GpuMeter() {
  stopping_ = true;
  gf_store_release(&watching_, 1u);
  ring::futex_wake(&watching_, 1);
  if (watcher_.joinable())
    watcher_.join();
}

/// Work begins after a pause. Cheap while the watcher still looks.
void GpuMeter::call_watcher() {
  if (gf_exchange_acq_rel(&watching_, 1u) != 0)
    return;
  if (watcher_.joinable())
    ring::futex_wake(&watching_, 1);
  else
    watcher_ = std::thread([this] { watch(); });
}

void GpuMeter::watch() {
  while (!stopping_) {
    for (unsigned idle = 0; idle < kIdleLooks && !stopping_; ++idle) {
      std::this_thread::sleep_for(kLookInterval);
      if (harvest())
        idle = 0;
    }
    gf_store_release(&watching_, 0u);
    // Work that began just before found the watcher awake and did not call it.
    if (harvest() || stopping_)
      gf_store_release(&watching_, 1u);
    else
      ring::futex_wait(&watching_, 0);
  }
}

GpuMeter::MarkPtr GpuMeter::put_mark(Context &context, CUstream stream) {
  CUevent event = nullptr;
  if (!context.spare_events.empty()) {
    event = context.spare_events.back();
    context.spare_events.pop_back();
  } else if (driver_.cuEventCreate(&event, CU_EVENT_DEFAULT) != CUDA_SUCCESS) {
    return nullptr;
  }
  if (driver_.cuEventRecord(event, stream) != CUDA_SUCCESS) {
    context.spare_events.push_back(event);
    return nullptr;
  }
  auto mark = std::make_shared<Mark>();
  mark->event = event;
  return mark;
}

void GpuMeter::end_segment(Context &context, CUstream key, Stream &stream) {
  MarkPtr end = put_mark(context, key);
  if (end)
    context.running.push_back({stream.last, end, stream.ops});
  else // a context in error runs nothing more
    ops_in_flight_ -= stream.ops;
  stream.last = end;
  stream.ops = 0;
  --open_;
}

void GpuMeter::harvest_locked() {
  for (auto &[handle, context] : contexts_) {
    // Segments of one stream finish in order; those of others may overtake.
    std::erase_if(context.running, [&](Segment &segment) { return finish(context, segment); });
  }
  publish_backlog();
}

/// Whether the segment has ended; then its time was counted.
bool GpuMeter::finish(Context &context, Segment &segment) {
  const CUresult state = driver_.cuEventQuery(segment.end->event);
  if (state == CUDA_ERROR_NOT_READY)
    return false;
  ops_in_flight_ -= segment.ops;
  segment.end->done = true;
  float lasted_ms = 0;
  if (state != CUDA_SUCCESS || driver_.cuEventElapsedTime(&lasted_ms, segment.start->event,
                                                          segment.end->event) != CUDA_SUCCESS)
    return true;
  const int64_t lasted_ns = std::max<int64_t>(0, ms_to_ns(lasted_ms));
  // The context's clock: each mark's time from the one known before, so that floats stay short.
  float since_ms = 0;
  if (context.reference && driver_.cuEventElapsedTime(&since_ms, context.reference->event,
                                                      segment.end->event) == CUDA_SUCCESS)
    segment.end->at_ns = context.reference->at_ns + ms_to_ns(since_ms);
  else
    segment.end->at_ns = lasted_ns;
  const int64_t from = std::max(context.counted_ns, segment.end->at_ns - lasted_ns);
  if (segment.end->at_ns > from) {
    grant_.use(static_cast<uint64_t>(segment.end->at_ns - from));
    context.counted_ns = segment.end->at_ns;
  }
  const uint64_t op_ns = static_cast<uint64_t>(lasted_ns) / segment.ops;
  op_ns_ = op_ns_ == 0 ? std::max<uint64_t>(1, op_ns) : (3 * op_ns_ + op_ns + 3) / 4;
  recycle(context, segment.start);
  recycle(context, context.reference);
  context.reference = segment.end;
  return true;
}

/// Lets go of a mark; its event is used again once nobody else holds it.
void GpuMeter::recycle(Context &context, MarkPtr &mark) {
  if (mark && mark.use_count() == 1)
    context.spare_events.push_back(mark->event);
  mark.reset();
}

uint64_t GpuMeter::in_flight_ns() const { return ops_in_flight_ * op_ns_; }

unsigned GpuMeter::ops_per_segment() const {
  if (op_ns_ == 0)
    return 1;
  return static_cast<unsigned>(std::clamp<uint64_t>(kSegmentNs / op_ns_, 1, kSegmentOpsMax));
}

/// Whether the next operation may be queued under the grant. What was used becomes known late, so
/// what is in flight counts as its estimate; where there is none yet, one operation at a time.
bool GpuMeter::may_go() {
  harvest_locked();
  if (!grant_.gated())
    return true;
  if (op_ns_ == 0)
    return ops_in_flight_ == 0 && grant_.used_ns() < grant_.granted_ns();
  return grant_.used_ns() + in_flight_ns() < grant_.granted_ns();
}

void GpuMeter::publish_backlog() { publish_backlog(ops_in_flight_ > 0); }

void GpuMeter::publish_backlog(bool backlogged) {
  if (backlogged == backlogged_)
    return;
  backlogged_ = backlogged;
  if (backlogged)
    grant_.backlog_begins();
  else
    grant_.backlog_ends();
}

void GpuMeter::destroy_events(const Context &context) {
  std::set<CUevent> events(context.spare_events.begin(), context.spare_events.end());
  const auto add = [&](const MarkPtr &mark) {
    if (mark)
      events.insert(mark->event);
  };
  for (const Segment &segment : context.running) {
    add(segment.start);
    add(segment.end);
  }
  for (const auto &[key, stream] : context.streams)
    add(stream.last);
  add(context.reference);
  for (const CUevent event : events)
    driver_.cuEventDestroy_v2(event);
}

void GpuMeter::forget(CUcontext context_handle) {
  std::lock_guard lock(lock_);
  const auto found = contexts_.find(context_handle);
  if (found == contexts_.end())
    return;
  harvest_locked();
  for (const Segment &segment : found->second.running)
    ops_in_flight_ -= segment.ops;
  for (const auto &[key, stream] : found->second.streams) {
    ops_in_flight_ -= stream.ops;
    open_ -= stream.ops > 0;
  }
  destroy_events(found->second);
  contexts_.erase(found);
  publish_backlog();
}

void GpuMeter::forget(CUcontext context_handle, CUstream key) {
  std::lock_guard lock(lock_);
  const auto context = contexts_.find(context_handle);
  if (context == contexts_.end())
    return;
  const auto stream = context->second.streams.find(key);
  if (stream == context->second.streams.end())
    return;
  if (stream->second.ops > 0)
    end_segment(context->second, key, stream->second);
  context->second.streams.erase(stream);
}

} // namespace gpuferry::cuda
