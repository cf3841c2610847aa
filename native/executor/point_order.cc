#include "executor/point_order.h"

namespace gpuferry::executor {

void PointOrder::pass(uint64_t point) {
  // Sequentially consistent, as is the sleeper's increment and look: one of the two sees the other.
  passed_.store(point + 1);
  if (sleepers_.load() == 0)
    return;
  std::lock_guard lock(lock_);
  moved_.notify_all();
}

bool PointOrder::sleep_until(uint64_t point) {
  std::unique_lock lock(lock_);
  ++sleepers_;
  moved_.wait(lock, [&] { return passed_.load() >= point || stopped_; });
  --sleepers_;
  return passed_.load() >= point;
}

void PointOrder::stop() {
  std::lock_guard lock(lock_);
  stopped_ = true;
  moved_.notify_all();
}

} // namespace gpuferry::executor
