// A grid while it runs: shared by all workers that take blocks from it.
#pragma once

#include "abi.h"
#include "jit.h"
#include "run/faults.h"

#include <condition_variable>
#include <list>
#include <mutex>

namespace softcuda::jit {

/// Machine code of a kernel; one of the two is set.
struct KernelCode {
  void (*loop)(BlockContext *) = nullptr;
  int (*regions)(BlockContext *, WarpSlots *, std::byte *frame, uint32_t site, uint32_t first,
                 uint32_t last) = nullptr;
  const Site *sites = nullptr; // with `regions`
  uint64_t frame_bytes = 0;    // of a warp, with `regions`
};

struct Grid {
  KernelCode code;
  LaunchConfig config;
  std::vector<std::byte> params; // config.params, aligned
  GridServices *services = nullptr;
  uint32_t dynamic_shared_offset = 0;
  uint32_t total_shared_bytes = 0;
  uint32_t residents_per_worker =
      1; // how many clusters a worker may interleave when they wait for each other
  uint64_t cluster_count = 0; // of one block each where there are none
  uint64_t grid_id = 0;
  uint32_t grid_barrier[2] = {}; // cooperative groups' workspace: size, barrier

  // Written all the time, unlike what is around it.
  alignas(64) std::atomic<uint64_t> next_cluster{0};

  /// What a block has of shared memory before what is reserved for cooperative groups.
  uint32_t own_shared_bytes() const { return (total_shared_bytes + 15) / 16 * 16; }
  bool failed() const { return result_.load(std::memory_order_relaxed) != 0; }
  /// Async-signal-safe. The first failure counts; `message` must live for ever.
  void fail(int cu_result, const char *message) {
    int none = 0;
    if (result_.compare_exchange_strong(none, cu_result))
      message_.store(message);
  }
  /// An error that ends only its thread; the grid goes on, and reports it at its end.
  void fail_at_end(int cu_result, const char *message) {
    int none = 0;
    if (late_result_.compare_exchange_strong(none, cu_result))
      late_message_.store(message);
  }
  int result() const { return failed() ? result_.load() : late_result_.load(); }
  const char *message() const { return failed() ? message_.load() : late_message_.load(); }

  // Workers register, so that a failure can stop them all.
  std::mutex mutex;
  std::condition_variable left;
  std::list<FaultGuard *> workers;

private:
  std::atomic<int> result_{0};
  std::atomic<const char *> message_{""};
  std::atomic<int> late_result_{0};
  std::atomic<const char *> late_message_{""};
};

/// Runs clusters of `grid` on this thread until none is left or the grid has failed.
void work_on(Grid &grid);

/// Runs `grid` to its end, on this thread and on idle pool threads. `watchdog_ms` 0: for ever.
void run_grid(Grid &grid);

} // namespace softcuda::jit
