// How a worker waits whose blocks all wait for another worker's.
#pragma once

#include <chrono>
#include <thread>

namespace softcuda::jit {

/// It looks again and again for a while, which is all that it takes on a quiet machine, and then sleeps now and then.
/// Giving way in between (sched_yield) would cost a turn of whatever else runs on a busy machine, each time. Never for long:
/// its blocks may come further in ways that nobody notices, as by locks.
class Patience {
public:
  /// Some block has come further.
  void renew() { is_counting_ = false; }

  /// After each look in vain.
  void wait() {
    const auto now = std::chrono::steady_clock::now();
    if (!is_counting_) {
      is_counting_ = true;
      end_ = now + kLooking;
    } else if (now >= end_) {
      std::this_thread::sleep_for(kSleep);
      is_counting_ = false;
    }
  }

private:
  static constexpr std::chrono::microseconds kLooking{100}, kSleep{50};
  std::chrono::steady_clock::time_point end_;
  bool is_counting_ = false;
};

} // namespace softcuda::jit
