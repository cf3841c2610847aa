// A stream's queue: operations that run one after another, in order of submission.
//
//   submit ──► [ op | op | op ] ──► runner: one thread at a time
//
// The runner is either a thread of the dispatcher, or a thread that waits for the queue: a waiter
// that finds nobody at work takes the work itself. So a launch followed by a synchronisation, and
// every synchronous copy, cost no thread switch.
//
// Each operation has a ticket, counted from 1. `completed()` is the highest ticket whose operation
// and all before it are done; whoever reads it sees what those operations wrote.
#pragma once

#include "futex.h"

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>

namespace softcuda {

/// One operation. `run` is told whether the context is poisoned: most operations then do nothing.
struct Op {
  explicit Op(bool needs_worker = false) : needs_worker(needs_worker) {}
  virtual ~Op() = default;
  virtual void run(bool poisoned) = 0;

  Op *next = nullptr;
  const bool needs_worker; // application code, which a waiting thread must not find itself in
};

class Queue : public std::enable_shared_from_this<Queue> {
public:
  /// `poison` is the context's sticky error, 0 while there is none; it must outlive the queue.
  Queue(std::shared_ptr<const std::atomic<int>> poison, bool urgent);
  ~Queue();

  enum class Start {
    Now,    // a thread begins at once
    OnWait, // the caller is about to wait for it, and so will run it
  };

  /// Takes ownership of `op`; returns its ticket.
  uint64_t submit(Op *op, Start start = Start::Now);

  /// Returns when the operation with this ticket is done. Never call it with a lock held that an
  /// operation may want.
  void wait(uint64_t ticket);

  uint64_t submitted() const { return submitted_.load(std::memory_order_acquire); }
  uint64_t completed() const { return completed_.load(std::memory_order_acquire); }
  bool idle() const { return completed() == submitted(); }
  bool urgent() const { return urgent_; }
  /// Never used again for another queue.
  uint64_t id() const { return id_; }

private:
  friend class Dispatcher;

  void run_dispatched(); // by the dispatcher's threads
  bool help(uint64_t ticket);
  void run(Op *op);
  void complete(uint64_t ticket);

  std::mutex mutex_;
  Op *head_ = nullptr, *tail_ = nullptr; // under mutex_
  bool running_ = false;                 // under mutex_: some thread is the runner
  bool dispatched_ = false;              // under mutex_: waits in the dispatcher's list
  std::atomic<uint64_t> submitted_{0};
  std::atomic<uint64_t> completed_{0};
  std::atomic<uint32_t> sleepers_{0};
  std::atomic<uint32_t> epoch_{0}; // futex word: changes when a completion finds sleepers
  std::shared_ptr<const std::atomic<int>> poison_;
  const bool urgent_;
  const uint64_t id_;
};

} // namespace softcuda
