#include "run/watchdog.h"

namespace softcuda::jit {

Watchdog::Watchdog(Grid &grid, uint32_t limit_ms) {
  if (limit_ms == 0)
    return;
  thread_ = std::thread([this, &grid, limit_ms] {
    std::unique_lock lock(mutex_);
    auto limit = std::chrono::milliseconds(limit_ms);
    if (done_.wait_for(lock, limit, [&] { return finished_; }))
      return;
    grid.fail(702, "the kernel ran longer than the watchdog allows");
    // An interrupt is lost on a worker that is outside of its kernel just then: repeat.
    do
      stop_workers(grid);
    while (!done_.wait_for(lock, std::chrono::milliseconds(20), [&] { return finished_; }));
  });
}

Watchdog::~Watchdog() {
  if (!thread_.joinable())
    return;
  {
    std::lock_guard lock(mutex_);
    finished_ = true;
  }
  done_.notify_all();
  thread_.join();
}

} // namespace softcuda::jit
