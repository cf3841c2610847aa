#include "queue.h"

#include "dispatcher.h"

namespace softcuda {

namespace {
// How long a waiter looks again before it sleeps. Longer than a small kernel takes, shorter than
// what a sleep and a wake-up cost together with the cache they spoil.
constexpr int64_t kWaitSpinNs = 20'000;
} // namespace

Queue::Queue(std::shared_ptr<const std::atomic<int>> poison, bool urgent)
    : poison_(std::move(poison)), urgent_(urgent), id_([] {
        static std::atomic<uint64_t> next{1};
        return next++;
      }()) {}

Queue::~Queue() {
  while (Op *op = head_) {
    head_ = op->next;
    delete op;
  }
}

uint64_t Queue::submit(Op *op, Start start) {
  uint64_t ticket;
  bool dispatch = false;
  {
    std::lock_guard lock(mutex_);
    (head_ ? tail_->next : head_) = op;
    tail_ = op;
    ticket = submitted_.load(std::memory_order_relaxed) + 1;
    submitted_.store(ticket, std::memory_order_release);
    if (start == Start::Now && !running_ && !dispatched_)
      dispatch = dispatched_ = true;
  }
  if (dispatch)
    Dispatcher::instance().push(shared_from_this());
  return ticket;
}

void Queue::run_dispatched() {
  {
    std::lock_guard lock(mutex_);
    dispatched_ = false;
    if (running_ || !head_)
      return;
    running_ = true;
  }
  do
    run_front();
  while (take_or_stop(true, UINT64_MAX));
}

// The runner, between two operations: goes on, or gives the role back. A waiter stops when what it
// waits for is done, and where the next operation is not for it; the dispatcher goes on from there.
bool Queue::take_or_stop(bool worker, uint64_t until) {
  bool dispatch = false;
  {
    std::lock_guard lock(mutex_);
    bool stop =
        !head_ ||
        (!worker && (head_->needs_worker || completed_.load(std::memory_order_relaxed) >= until));
    if (!stop)
      return true;
    running_ = false;
    if (head_ && !dispatched_)
      dispatch = dispatched_ = true;
  }
  if (dispatch)
    Dispatcher::instance().push(shared_from_this());
  return false;
}

void Queue::run_front() {
  Op *op;
  {
    std::lock_guard lock(mutex_);
    op = head_;
    head_ = op->next;
  }
  op->run(poison_->load(std::memory_order_acquire) != 0);
  delete op;
  complete(completed_.load(std::memory_order_relaxed) + 1);
}

// Partner of wait(): the store to completed_ and the load of sleepers_ are ordered against its
// increment of sleepers_ and its load of completed_, so that either we see the sleeper or it sees
// the completion.
void Queue::complete(uint64_t ticket) {
  completed_.store(ticket, std::memory_order_seq_cst);
  if (sleepers_.load(std::memory_order_seq_cst)) {
    epoch_.fetch_add(1, std::memory_order_release);
    futex_wake_all(epoch_);
  }
}

bool Queue::help(uint64_t ticket) {
  {
    std::lock_guard lock(mutex_);
    if (running_ || !head_ || head_->needs_worker)
      return false;
    running_ = true;
  }
  do
    run_front();
  while (take_or_stop(false, ticket));
  return completed() >= ticket;
}

void Queue::wait(uint64_t ticket) {
  if (completed() >= ticket)
    return;
  auto keep_alive = shared_from_this();
  if (help(ticket))
    return;
  int64_t give_up_ns = now_ns() + kWaitSpinNs;
  do {
    for (int i = 0; i < 64; i++) {
      if (completed() >= ticket)
        return;
      cpu_relax();
    }
    if (help(ticket))
      return;
  } while (now_ns() < give_up_ns);

  // Operations submitted with OnWait have nobody but us to start them; from here on we sleep.
  bool dispatch = false;
  {
    std::lock_guard lock(mutex_);
    if (head_ && !running_ && !dispatched_)
      dispatch = dispatched_ = true;
  }
  if (dispatch)
    Dispatcher::instance().push(shared_from_this());

  sleepers_.fetch_add(1, std::memory_order_seq_cst);
  for (;;) {
    uint32_t epoch = epoch_.load(std::memory_order_acquire);
    if (completed_.load(std::memory_order_seq_cst) >= ticket)
      break;
    futex_wait(epoch_, epoch);
  }
  sleepers_.fetch_sub(1, std::memory_order_relaxed);
}

} // namespace softcuda
