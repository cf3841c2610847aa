// Queues under many threads, to be run under ThreadSanitizer: order within a queue, waits across
// queues, waiters that help, and threads of the dispatcher that come and go.
#include "../dispatcher.h"

#include <cstdio>
#include <thread>
#include <vector>

using softcuda::Op;
using softcuda::Queue;

namespace {

// Each queue has a plain counter: only the queue's own order keeps its operations from racing on
// it.
struct Lane {
  std::shared_ptr<Queue> queue;
  uint64_t plain = 0;
};

struct CountOp : Op {
  CountOp(Lane &lane, bool needs_worker) : Op(needs_worker), lane(lane) {}
  void run(bool) override { lane.plain++; }
  Lane &lane;
};

struct WaitOp : Op {
  WaitOp(std::shared_ptr<Queue> queue, uint64_t ticket) : queue(std::move(queue)), ticket(ticket) {}
  void run(bool) override { queue->wait(ticket); }
  std::shared_ptr<Queue> queue;
  uint64_t ticket;
};

} // namespace

int main() {
  constexpr int kLanes = 5, kThreads = 4, kRounds = 3000;
  auto poison = std::make_shared<std::atomic<int>>(0);
  std::vector<Lane> lanes(kLanes);
  for (Lane &lane : lanes)
    lane.queue = std::make_shared<Queue>(poison, false);
  std::atomic<uint64_t> counted{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; t++) {
    threads.emplace_back([&, t] {
      unsigned seed = 12345u + static_cast<unsigned>(t);
      for (int round = 0; round < kRounds; round++) {
        seed = seed * 1664525u + 1013904223u;
        Lane &lane = lanes[(seed >> 8) % kLanes], &other = lanes[(seed >> 16) % kLanes];
        // Tickets of others are read before our own is taken, so that no two queues wait for each
        // other.
        if (&lane != &other && seed % 3 == 0)
          lane.queue->submit(new WaitOp(other.queue, other.queue->submitted()));
        bool on_wait = (seed >> 24) % 4 == 0;
        uint64_t ticket = lane.queue->submit(new CountOp(lane, (seed >> 20) % 8 == 0),
                                             on_wait ? Queue::Start::OnWait : Queue::Start::Now);
        counted++;
        if (on_wait || (seed >> 26) % 8 == 0)
          lane.queue->wait(ticket);
      }
    });
  }
  for (std::thread &thread : threads)
    thread.join();
  uint64_t total = 0;
  for (Lane &lane : lanes) {
    lane.queue->wait(lane.queue->submitted());
    total += lane.plain;
  }
  bool settled = softcuda::Dispatcher::instance().settle(1'000'000'000);
  printf("%llu of %llu operations, %s\n", static_cast<unsigned long long>(total),
         static_cast<unsigned long long>(counted.load()), settled ? "settled" : "not settled");
  return total == counted && settled ? 0 : 1;
}
