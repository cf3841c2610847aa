#include "dispatcher.h"

#include "complain.h"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <pthread.h>
#include <thread>

namespace softcuda {

namespace {
constexpr int64_t kSpinNs = 40'000;
constexpr size_t kStackBytes = 64 << 20; // kernels may recurse; touched only when used
constexpr auto kIdleLife = std::chrono::seconds(10);
const bool kMaySpin = std::thread::hardware_concurrency() > 1;
const size_t kMostComing = std::max(std::thread::hardware_concurrency(), 1u);
} // namespace

Dispatcher &Dispatcher::instance() {
  static auto *dispatcher = new Dispatcher; // never destroyed: its threads outlive exit handlers
  return *dispatcher;
}

void Dispatcher::push(std::shared_ptr<Queue> queue) {
  Call call;
  {
    std::lock_guard lock(mutex_);
    if (stopped_)
      return;
    if (queue->urgent())
      ready_.push_front(std::move(queue));
    else
      ready_.push_back(std::move(queue));
    ready_count_.store(ready_.size(), std::memory_order_release);
    call = choose_call();
  }
  make(call);
}

// Under the lock: who is to come for what is ready, besides those who are on their way.
Dispatcher::Call Dispatcher::choose_call() {
  const size_t coming = waking_ + spawning_ + (spinning_ ? 1 : 0);
  if (ready_.size() <= coming || coming >= kMostComing)
    return Call::nobody;
  if (parked_ == 0) {
    spawning_++;
    return Call::fresh;
  }
  parked_--;
  waking_++;
  return Call::sleeper;
}

// Without the lock.
void Dispatcher::make(Call call) {
  if (call == Call::sleeper)
    wake_.notify_one();
  if (call == Call::fresh)
    spawn();
}

// The application's signals are for its own threads; faults of kernels are raised where they
// happen.
void Dispatcher::spawn() {
  sigset_t all, before;
  sigfillset(&all);
  for (int fault : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGABRT})
    sigdelset(&all, fault);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  pthread_attr_setstacksize(&attributes, kStackBytes);
  pthread_t thread;
  auto body = [](void *self) -> void * {
    pthread_setname_np(pthread_self(), "softcuda-stream");
    static_cast<Dispatcher *>(self)->work();
    return nullptr;
  };
  if (pthread_create(&thread, &attributes, body, this) != 0) {
    // Whoever waits for a queue runs it, so the streams go on, one waiter at a time.
    complain("no thread can be started for a stream");
    std::lock_guard lock(mutex_);
    spawning_--;
  }
  pthread_attr_destroy(&attributes);
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

void Dispatcher::work() {
  {
    std::lock_guard lock(mutex_);
    spawning_--;
  }
  while (auto queue = next()) {
    queue->run_dispatched();
    queue.reset();
    std::lock_guard lock(mutex_);
    busy_--;
  }
}

// Null: this thread is no longer needed.
std::shared_ptr<Queue> Dispatcher::next() {
  std::unique_lock lock(mutex_);
  for (;;) {
    if (!ready_.empty() && !stopped_) {
      auto queue = std::move(ready_.front());
      ready_.pop_front();
      ready_count_.store(ready_.size(), std::memory_order_release);
      busy_++;
      // Before it runs: its operations may block.
      const Call call = choose_call();
      lock.unlock();
      make(call);
      return queue;
    }
    if (kMaySpin && !spinning_ && !stopped_) {
      spinning_ = true;
      lock.unlock();
      int64_t give_up_ns = now_ns() + kSpinNs;
      while (!ready_count_.load(std::memory_order_acquire) && now_ns() < give_up_ns)
        cpu_relax();
      lock.lock();
      spinning_ = false;
      if (!ready_.empty())
        continue;
    }
    // push() takes a thread off parked_ when it decides to wake it, whichever wakes.
    parked_++;
    if (wake_.wait_for(lock, kIdleLife, [this] { return waking_ > 0; })) {
      waking_--;
    } else {
      parked_--;
      return nullptr;
    }
  }
}

bool Dispatcher::settle(int64_t patience_ns) {
  int64_t give_up_ns = now_ns() + patience_ns;
  std::unique_lock lock(mutex_);
  while (!ready_.empty() || busy_) {
    if (now_ns() > give_up_ns) {
      stopped_ = true;
      return false;
    }
    lock.unlock();
    usleep(200);
    lock.lock();
  }
  return true;
}

} // namespace softcuda
