#include "reaper.h"

#include "queue.h"

namespace softcuda {

namespace {

struct Task final : Op {
  explicit Task(std::function<void()> task) : Op(true), task(std::move(task)) {}
  void run(bool) override { task(); }
  std::function<void()> task;
};

} // namespace

void reap(std::function<void()> task) {
  // Never destroyed: threads outlive exit handlers.
  static auto *queue = new std::shared_ptr<Queue>(
      std::make_shared<Queue>(std::make_shared<const std::atomic<int>>(0), false));
  (*queue)->submit(new Task(std::move(task)));
}

} // namespace softcuda
