#include "executor/issuer.h"

#include "executor/issuer_sight.h"
#include "executor/lane_threads.h"
#include "ring/futex.h"
#include "ring/reply.h"

#include <sched.h>
#include <utility>

namespace gpuferry::executor {

namespace {

constexpr unsigned kLooksPerClock = 16; // reading the clock costs as much as a few looks

} // namespace

class Issuer::LaneTurn final : public Turn {
public:
  LaneTurn(Issuer &issuer, Lane &lane) : issuer_(issuer), lane_(lane) {}
  void pass_on() override {
    if (!passed)
      issuer_.pass_on(lane_);
    passed = true;
  }
  bool passed = false;

private:
  Issuer &issuer_;
  Lane &lane_;
};

Issuer::Issuer(ring::Region &region, Backend &backend, SessionEnd &session, uint64_t *calls,
               LaneThreads *threads)
    : region_(region), backend_(backend), session_(session), calls_(calls),
      threads_of_lanes_(threads) {
  for (unsigned i = 0; i < GF_LANE_COUNT; ++i) {
    lanes_[i] = std::make_unique<Lane>();
    lanes_[i]->shared = region.lane(i);
    lanes_[i]->reply_data = region.reply_data(i);
  }
}

Issuer::~Issuer() { stop(); }

void Issuer::start() { ensure_threads(1); }

void Issuer::stop() {
  stopping_ = true;
  for (;;) {
    // A sleeper that read the doorbell before this leaves on the changed number.
    gf_store_release(&region_.header()->doorbell, epoch_.fetch_add(2));
    ring::futex_wake(&region_.header()->doorbell, INT32_MAX);
    std::unique_lock lock(threads_lock_);
    if (threads_.empty())
      return;
    std::thread last = std::move(threads_.back());
    threads_.pop_back();
    lock.unlock();
    last.join();
  }
}

IssuerStats Issuer::stats() const { return stats_; }

void Issuer::ensure_threads(unsigned wanted) {
  std::lock_guard lock(threads_lock_);
  while (threads_.size() < wanted && !stopping_)
    threads_.emplace_back([this] { run(); });
}

void Issuer::run() {
  Workspace workspace;
  while (!stopping_) {
    // The order matters: read the doorbell, try for the role, sleep on the number that was read.
    const uint32_t doorbell = gf_load_acquire(&region_.header()->doorbell);
    if (take_role())
      serve_until_idle(workspace);
    else if (!stopping_)
      ring::futex_wait(&region_.header()->doorbell, doorbell);
  }
}

/// With the role held: issues what comes, until the role is lost or there is nothing to do.
void Issuer::serve_until_idle(Workspace &workspace) {
  while (!stopping_) {
    if (Lane *lane = next_lane()) {
      if (idle_since_ns_ != 0)
        spin_.slept_for(ring::now_ns() - std::exchange(idle_since_ns_, 0));
      if (!issue_from(*lane, workspace))
        return;
      continue;
    }
    if (spin_for_work())
      continue;
    backend_.idle();
    const Sight sight(*this);
    if (next_lane()) // came before the sight was taken: it would pass for what was always there
      continue;
    ++stats_.parks;
    const uint32_t doorbell = give_role_up();
    if (!sight.changed() && !stopping_)
      ring::futex_wait(&region_.header()->doorbell, doorbell);
    return;
  }
  give_role_up();
}

bool Issuer::spin_for_work() {
  idle_since_ns_ = ring::now_ns();
  do {
    const auto cpu = static_cast<uint32_t>(sched_getcpu());
    // Guests look at this line at every call: it stays in their caches while nothing changes.
    if (gf_load_relaxed(&region_.header()->issuer_cpu) != cpu)
      gf_store_relaxed(&region_.header()->issuer_cpu, cpu);
    // A guest thread on this core cannot go on while we look: it goes first.
    const bool in_the_way = guest_is_on(cpu);
    for (unsigned i = 0; i < (in_the_way ? 1 : kLooksPerClock); ++i) {
      if (next_lane()) {
        idle_since_ns_ = 0;
        return true;
      }
      gf_cpu_relax();
    }
    if (in_the_way)
      sched_yield();
  } while (ring::now_ns() - idle_since_ns_ < spin_.budget_ns() && !stopping_);
  return false;
}

/// Returns false if the call passed the role on and another thread has it now.
bool Issuer::issue_from(Lane &lane, Workspace &workspace) {
  wire::Frame &frame = *workspace.frame;
  lane.consumer.take(frame.buffer());
  frame.rewind();
  ++next_ticket_;
  ++stats_.frames;
  gf_store_relaxed(&region_.header()->issued_ticket, next_ticket_);
  if (calls_)
    gf_fetch_add_relaxed(calls_, 1); // lanes with threads of their own count there too

  const bool is_sync = frame.is_sync();
  const uint32_t seq = is_sync ? ++lane.replies : 0;
  wire::Reply reply(is_sync ? lane.reply_data : workspace.unread_reply.get());
  LaneTurn turn(*this, lane);
  const int status = backend_.issue(*lane.state, frame, reply, turn);
  if (frame.malformed())
    poison(frame.malformed());
  bool held = true;
  if (turn.passed) {
    // Release: partner of carries_next. Whoever issues this lane's next call sees what this one did.
    lane.busy.store(false, std::memory_order_release);
    gf_fence_seq_cst(); // Dekker with give_role_up: the issuer that parks now sees busy or frees the role
    // Before the answer: the guest's next call then finds an issuer awake and makes no system call.
    held = take_role();
  }
  if (is_sync)
    ring::publish_reply(lane.shared, seq, status, reply.size_bytes());
  return held;
}

void Issuer::poison(const std::string &why) {
  session_.end(End::poisoned, why);
  stopping_ = true; // reached in tests only
}

} // namespace gpuferry::executor
