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

// Takes all that there is at once, so that a thread that submits and one that runs do not meet at
// the lock for every operation.
void Queue::run_dispatched() {
  for (bool first = true;; first = false) {
    Op *batch;
    {
      std::lock_guard lock(mutex_);
      if (first) {
        dispatched_ = false;
        if (running_)
          return;
      }
      running_ = head_ != nullptr;
      if (!running_)
        return;
      batch = head_;
      head_ = tail_ = nullptr;
    }
    while (Op *op = batch) {
      batch = op->next;
      run(op);
    }
  }
}

void Queue::run(Op *op) {
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

// A waiter runs one operation at a time, and stops when what it waits for is done, or where the next
// operation is not for it; the dispatcher goes on from there.
bool Queue::help(uint64_t ticket) {
  std::unique_lock lock(mutex_);
  if (running_)
    return false;
  while (head_ && !head_->needs_worker && completed_.load(std::memory_order_relaxed) < ticket) {
    running_ = true;
    Op *op = head_;
    head_ = op->next;
    lock.unlock();
    run(op);
    lock.lock();
  }
  running_ = false;
  bool dispatch = head_ && !dispatched_;
  dispatched_ |= dispatch;
  lock.unlock();
  if (dispatch)
    Dispatcher::instance().push(shared_from_this());
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

  // The last help() has left nothing behind that nobody runs: we may sleep.
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
