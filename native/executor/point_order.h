// Order between lanes that have threads of their own (GF_FRAME_POINT): a frame is issued once all points
// taken before it was written have been passed.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <mutex>

namespace gpuferry::executor {

class PointOrder {
public:
  /// How many points have been passed: all below this number.
  uint64_t passed() const { return passed_.load(std::memory_order_acquire); }

  /// Sleeps until all points below `point` have been passed, or stop(). Returns false for the latter.
  bool wait_for(uint64_t point) { return passed() >= point || sleep_until(point); }

  /// `point` has been passed. Only whoever holds the frame of the next point calls this.
  void pass(uint64_t point);

  /// Wakes everybody; for tests.
  void stop();

private:
  bool sleep_until(uint64_t point);

  std::atomic<uint64_t> passed_{0};
  std::atomic<unsigned> sleepers_{0};
  std::atomic<bool> stopped_{false};
  std::mutex lock_;
  std::condition_variable moved_;
};

} // namespace gpuferry::executor
