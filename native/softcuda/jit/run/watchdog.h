// Stops grids that take too long.
#pragma once

#include "run/grid.h"

#include <thread>

namespace softcuda::jit {

/// Makes every worker of a failed grid leave its kernel.
void stop_workers(Grid &grid);

/// While it lives, `grid` fails with CUDA_ERROR_LAUNCH_TIMEOUT (702) once `limit_ms` have passed; 0: never.
class Watchdog {
public:
  Watchdog(Grid &grid, uint32_t limit_ms);
  ~Watchdog();
  Watchdog(const Watchdog &) = delete;
  Watchdog &operator=(const Watchdog &) = delete;

private:
  std::mutex mutex_;
  std::condition_variable done_;
  bool finished_ = false;
  std::thread thread_; // only where a limit is set
};

} // namespace softcuda::jit
