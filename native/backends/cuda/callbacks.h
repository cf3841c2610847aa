// Functions of the guest as the driver can call them.
#pragma once

#include "cuda_api.h"
#include "executor/courier.h"

#include <deque>
#include <mutex>
#include <unordered_map>

namespace gpuferry::cuda {

struct GuestFunction {
  executor::Courier *courier;
  uint64_t callback_id;

  /// CUhostFn: runs on the driver's thread, returns when the guest has run it or is gone.
  static void run(void *self) {
    const auto *function = static_cast<GuestFunction *>(self);
    function->courier->call(function->callback_id, CUDA_SUCCESS);
  }
  /// CUstreamCallback.
  static void run_with_status(CUstream, CUresult status, void *self) {
    const auto *function = static_cast<GuestFunction *>(self);
    function->courier->call(function->callback_id, status);
  }
};

/// Keeps them: a captured or repeated function is called an unknown number of times. One record a
/// number of the guest's, which it uses again once it knows the call is over.
class Callbacks {
public:
  explicit Callbacks(executor::Courier &courier) : courier_(courier) {}

  GuestFunction *make(uint64_t callback_id) {
    std::lock_guard lock(lock_);
    auto &function = functions_[callback_id];
    function = {&courier_, callback_id};
    return &function;
  }

private:
  executor::Courier &courier_;
  std::mutex lock_;
  std::unordered_map<uint64_t, GuestFunction> functions_; // nodes do not move
};

} // namespace gpuferry::cuda
