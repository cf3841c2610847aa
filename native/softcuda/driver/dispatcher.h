// The threads that run streams' queues.
//
// There are as many as queues have been busy at once, since an operation may block (a host
// function, a wait for another stream). An idle thread looks for work for a moment before it
// sleeps, so that a stream of short kernels costs no wake-up each; only one looks at a time, for
// the sake of machines with two cores. No more threads are on their way to work at once than there are
// processors, and each calls the next when it has found some: where a waiter runs short operations
// itself, a thread for each of them would only get in its way. Threads that have slept long go away.
#pragma once

#include "queue.h"

#include <condition_variable>
#include <deque>

namespace softcuda {

class Dispatcher {
public:
  static Dispatcher &instance();

  void push(std::shared_ptr<Queue> queue);

  /// Waits until nothing runs or waits to run, `patience_ns` at most. False when that was not
  /// enough: then it takes up no more work.
  bool settle(int64_t patience_ns);

private:
  enum class Call { nobody, sleeper, fresh };

  void work();
  std::shared_ptr<Queue> next();
  Call choose_call();
  void make(Call call);
  void spawn();

  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::shared_ptr<Queue>> ready_;      // under mutex_
  std::atomic<size_t> ready_count_{0};            // ready_.size(), for the one that spins
  size_t parked_ = 0, waking_ = 0, spawning_ = 0; // under mutex_
  bool spinning_ = false;                         // under mutex_
  bool stopped_ = false;                          // under mutex_
  size_t busy_ = 0;                               // under mutex_: threads that run a queue
};

} // namespace softcuda
