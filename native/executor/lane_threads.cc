#include "executor/lane_threads.h"

#include "executor/spin_budget.h"
#include "ring/futex.h"
#include "ring/lane_consumer.h"
#include "ring/reply.h"
#include "ring/staged.h"

#include <sched.h>
#include <string>
#include <utility>

namespace gpuferry::executor {

namespace {
constexpr unsigned kLooksPerClock = 16; // reading the clock costs as much as a few looks
constexpr unsigned kFramesPerHint = 64; // how often a busy lane says which core it is on

void say_cpu(gf_lane *lane) {
  gf_store_relaxed(&lane->executor_cpu, static_cast<uint32_t>(sched_getcpu()));
}
} // namespace

/// One lane while it is served, and its doorbell's numbers from one guest thread to the next.
struct LaneThreads::Served {
  gf_lane *shared = nullptr;
  std::byte *reply_data = nullptr;
  unsigned index = 0;
  std::thread thread;
  uint32_t epoch = 1; // the next odd number of the doorbell: they do not come back

  ring::LaneConsumer consumer;
  std::unique_ptr<LaneState> state;
  uint32_t replies = 0;
  unsigned frames = 0;
  SpinBudget spin;
  wire::Frame frame;
  /// The answer to a frame that wants none.
  std::byte unread_reply[GF_REPLY_DATA_BYTES];
};

namespace {

/// A point counts as passed when it is reached, for a call that then blocks, or else when it returns.
class PointTurn final : public Turn {
public:
  PointTurn(PointOrder &order, const gf_frame &frame)
      : order_(order), point_(frame.ticket), passed_(!(frame.flags & GF_FRAME_POINT)) {}
  void pass_on() override {
    if (!std::exchange(passed_, true))
      order_.pass(point_);
  }

private:
  PointOrder &order_;
  uint64_t point_;
  bool passed_;
};

} // namespace

LaneThreads::LaneThreads(ring::Region &region, Backend &backend, SessionEnd &session)
    : region_(region), backend_(backend), session_(session) {}

LaneThreads::~LaneThreads() { stop(); }

void LaneThreads::serve(unsigned index, std::function<void()> closed) {
  std::lock_guard lock(lock_);
  std::unique_ptr<Served> &lane = lanes_[index];
  if (!lane) {
    lane = std::make_unique<Served>();
    lane->shared = region_.lane(index);
    lane->reply_data = region_.reply_data(index);
    lane->index = index;
  }
  if (lane->thread.joinable())
    lane->thread.join(); // it is giving the lane back
  // That lane may be what the issuer saw, still closing; or it is another kind's by now.
  if (gf_load_acquire(&lane->shared->state) == GF_LANE_FREE ||
      gf_load_relaxed(&lane->shared->kind) != GF_LANE_KIND_GL)
    return closed();
  lane->thread =
      std::thread([this, &served = *lane, closed = std::move(closed)] { run(served, closed); });
}

void LaneThreads::stop() {
  stopping_ = true;
  order_.stop();
  std::lock_guard lock(lock_);
  for (const auto &lane : lanes_)
    if (lane && lane->thread.joinable()) {
      // An even number that the sleeper did not read: it leaves.
      gf_store_release(&lane->shared->doorbell, 0u);
      ring::futex_wake(&lane->shared->doorbell, INT32_MAX);
      lane->thread.join();
    }
}

void LaneThreads::run(Served &lane, const std::function<void()> &closed) {
  lane.consumer = ring::LaneConsumer(lane.shared, region_.map_ring(lane.index));
  lane.replies = 0;
  lane.state = backend_.open_lane(lane.index);
  say_cpu(lane.shared);
  // Even: somebody looks at the ring. What the guest published before needs no ring of the bell.
  gf_store_relaxed(&lane.shared->doorbell, lane.epoch + 1);
  while (!stopping_ && wait_for_work(lane))
    issue(lane);
  if (stopping_)
    return;
  backend_.close_lane(*lane.state);
  lane.state.reset();
  lane.consumer = {};
  closed();
  // Pairs with the guest's acquire load of state: a new thread may take the lane.
  gf_store_release(&lane.shared->state, static_cast<uint32_t>(GF_LANE_FREE));
}

/// True with a frame at the ring's head; false when the guest closed the lane and all of it was issued.
bool LaneThreads::wait_for_work(Served &lane) {
  while (!stopping_) {
    // Before the look: the guest stored CLOSING after its last frame.
    const uint32_t state = gf_load_acquire(&lane.shared->state);
    switch (lane.consumer.look()) {
    case ring::Look::ready:
      return true;
    case ring::Look::malformed:
      poison("head or frame size of a lane is impossible");
      return false;
    case ring::Look::empty:
      break;
    }
    if (state == GF_LANE_CLOSING)
      return false;
    const uint64_t dry_since_ns = ring::now_ns();
    if (spin(lane))
      continue;
    backend_.idle_lane(*lane.state);
    park(lane);
    lane.spin.slept_for(ring::now_ns() - dry_since_ns);
  }
  return false;
}

bool LaneThreads::spin(Served &lane) {
  const uint64_t until_ns = ring::now_ns() + lane.spin.budget_ns();
  do {
    const auto cpu = static_cast<uint32_t>(sched_getcpu());
    // A guest thread on this core cannot go on while we look: it goes first.
    const bool in_the_way = gf_load_relaxed(&lane.shared->guest_cpu) == cpu;
    for (unsigned i = 0; i < (in_the_way ? 1 : kLooksPerClock); ++i) {
      if (lane.consumer.look() != ring::Look::empty ||
          gf_load_relaxed(&lane.shared->state) == GF_LANE_CLOSING)
        return true;
      gf_cpu_relax();
    }
    if (in_the_way)
      sched_yield();
  } while (ring::now_ns() < until_ns && !stopping_);
  return false;
}

void LaneThreads::park(Served &lane) {
  uint32_t *doorbell = &lane.shared->doorbell;
  const uint32_t number = lane.epoch += 2;
  gf_store_relaxed(doorbell, number);
  // Dekker: the guest publishes its frame, fences, and reads the doorbell.
  gf_fence_seq_cst();
  if (lane.consumer.look() == ring::Look::empty &&
      gf_load_relaxed(&lane.shared->state) != GF_LANE_CLOSING && !stopping_)
    ring::futex_wait(doorbell, number);
  gf_store_relaxed(doorbell, number + 1);
  say_cpu(lane.shared);
}

void LaneThreads::issue(Served &lane) {
  const gf_frame &next = lane.consumer.frame();
  const uint64_t point = next.ticket;
  if (!order_.wait_for(point))
    return; // stopping
  if ((next.flags & GF_FRAME_POINT) && order_.passed() != point)
    return poison("point " + std::to_string(point) + " was passed before");
  wire::Frame &frame = lane.frame;
  lane.consumer.take(frame.buffer());
  frame.rewind();
  if (++lane.frames % kFramesPerHint == 0)
    say_cpu(lane.shared);
  const bool is_sync = frame.is_sync();
  wire::Reply reply(is_sync ? lane.reply_data : lane.unread_reply);
  PointTurn turn(order_, frame.header());
  const int status = backend_.issue(*lane.state, frame, reply, turn);
  if (frame.malformed())
    return poison(frame.malformed());
  turn.pass_on();
  if (frame.has_named_heap())
    ring::publish_staged(lane.shared, lane.consumer.taken_bytes());
  if (is_sync)
    ring::publish_reply(lane.shared, ++lane.replies, status, reply.size_bytes());
}

void LaneThreads::poison(const std::string &why) {
  session_.end(End::poisoned, why);
  stopping_ = true; // reached in tests only
}

} // namespace gpuferry::executor
