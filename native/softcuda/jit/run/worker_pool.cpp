// Who runs blocks: the thread that launched the grid, and idle threads of a pool that lives as long as the process.
// Clusters of blocks start in index order, from an atomic counter.
#include "run/cluster.h"
#include "run/patience.h"
#include "run/watchdog.h"

#include <algorithm>
#include <cstdlib>
#include <deque>
#include <sched.h>
#include <thread>
#include <utility>

namespace softcuda::jit {

unsigned worker_count() {
  static const unsigned count = [] {
    if (const char *text = std::getenv("GPUFERRY_SOFTCUDA_THREADS"))
      if (int wanted = std::atoi(text); wanted > 0)
        return static_cast<unsigned>(wanted);
    cpu_set_t cpus;
    CPU_ZERO(&cpus);
    if (sched_getaffinity(0, sizeof cpus, &cpus) == 0)
      return static_cast<unsigned>(std::max(CPU_COUNT(&cpus), 1));
    return std::max(std::thread::hardware_concurrency(), 1u);
  }();
  return count;
}

namespace {

constexpr size_t kWorkerStackBytes =
    64 << 20; // for recursive device functions; touched only when used

/// Clusters that this thread keeps between grids: their windows and arenas are costly to make.
std::vector<std::unique_ptr<ResidentCluster>> &spare_clusters() {
  thread_local std::vector<std::unique_ptr<ResidentCluster>> clusters;
  return clusters;
}

/// The clusters that a worker interleaves. Lives outside of what a fault jumps out of.
struct Residents {
  std::vector<std::unique_ptr<ResidentCluster>> running;
  size_t next = 0;

  ~Residents() {
    auto &spare = spare_clusters();
    for (auto &cluster : running)
      if (spare.size() < 4)
        spare.push_back(std::move(cluster));
  }
};

void start_cluster(Grid &grid, Residents &residents, uint64_t index) {
  OutsideKernel no_jump; // allocates
  auto &spare = spare_clusters();
  std::unique_ptr<ResidentCluster> cluster;
  if (spare.empty()) {
    cluster = std::make_unique<ResidentCluster>();
  } else {
    cluster = std::move(spare.back());
    spare.pop_back();
  }
  if (!cluster->prepare(grid))
    return grid.fail(2, "no memory for shared memory");
  cluster->begin(index);
  residents.running.push_back(std::move(cluster));
}

/// Whether a block never waits for another one.
bool are_independent(const KernelCode &code) {
  return code.loop || nobody_waits(code.sites[0].key);
}

// Several at a time where there are many: workers that take short blocks one by one wait for the counter's cache line.
void run_independent_clusters(Grid &grid, Residents &residents) {
  constexpr uint64_t kShares = 16; // of each worker, so that all end at about the same time
  constexpr uint64_t kMostAtOnce = 32;
  const uint64_t at_once =
      std::clamp<uint64_t>(grid.cluster_count / (kShares * worker_count()), 1, kMostAtOnce);
  for (;;) {
    const uint64_t first = grid.next_cluster.fetch_add(at_once);
    const uint64_t last = std::min(first + at_once, grid.cluster_count);
    for (uint64_t index = first; index < last; ++index) {
      if (residents.running.empty())
        start_cluster(grid, residents, index);
      else
        residents.running[0]->begin(index);
      if (grid.failed())
        return;
      if (grid.code.loop)
        residents.running[0]->run_loop();
      else
        residents.running[0]->run();
    }
    if (last == grid.cluster_count)
      return;
  }
}

// Round robin over the resident clusters; one that only waits makes room for one more, up to the residency.
void run_waiting_clusters(Grid &grid, Residents &residents) {
  auto &running = residents.running;
  uint32_t waiting_in_a_row = 0;
  Patience patience;
  while (!grid.failed()) {
    bool may_start = running.empty() || (waiting_in_a_row >= running.size() &&
                                         running.size() < grid.residents_per_worker);
    if (may_start) {
      uint64_t index = grid.next_cluster.fetch_add(1);
      if (index < grid.cluster_count) {
        start_cluster(grid, residents, index);
        residents.next = running.size() - 1;
        waiting_in_a_row = 0;
        if (grid.failed())
          return;
      } else if (running.empty()) {
        return;
      } else if (waiting_in_a_row > running.size()) {
        patience.wait();
      }
    } else if (waiting_in_a_row > running.size()) {
      patience.wait();
    }
    residents.next %= running.size();
    ResidentCluster &cluster = *running[residents.next];
    const BlockOutcome outcome = cluster.run();
    if (outcome != BlockOutcome::Waiting)
      patience.renew();
    if (outcome != BlockOutcome::Done) {
      waiting_in_a_row = outcome == BlockOutcome::Advanced ? 1 : waiting_in_a_row + 1;
      ++residents.next;
      continue;
    }
    waiting_in_a_row = 0;
    uint64_t index = grid.next_cluster.fetch_add(1);
    if (index < grid.cluster_count) {
      cluster.begin(index);
    } else {
      OutsideKernel no_jump;
      spare_clusters().push_back(std::move(running[residents.next]));
      running.erase(running.begin() + static_cast<ptrdiff_t>(residents.next));
      if (running.empty())
        return;
    }
  }
}

// Nothing with a destructor between the two jumps: a fault leaves from the middle of generated code.
__attribute__((noinline)) void run_guarded(Grid &grid, Residents &residents, FaultGuard &guard) {
  if (sigsetjmp(guard.recovery, 0) == 0) {
    guard.in_kernel.store(true);
    if (are_independent(grid.code))
      run_independent_clusters(grid, residents);
    else
      run_waiting_clusters(grid, residents);
  }
  guard.in_kernel.store(false);
}

class Pool {
public:
  static Pool &instance() {
    static Pool *pool = new Pool; // workers may outlive static destructors
    return *pool;
  }

  /// Offers `grid` to up to `helpers` idle threads.
  void offer(Grid &grid, unsigned helpers) {
    std::lock_guard lock(mutex_);
    while (threads_ < helpers)
      spawn();
    for (unsigned i = 0; i < helpers; ++i)
      offers_.push_back(&grid);
    wake_.notify_all();
  }

  /// After this no thread will begin to work on `grid`.
  void withdraw(Grid &grid) {
    std::lock_guard lock(mutex_);
    std::erase(offers_, &grid);
  }

private:
  void spawn() {
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, kWorkerStackBytes);
    pthread_t thread;
    auto entry = [](void *self) -> void * {
      static_cast<Pool *>(self)->serve();
      return nullptr;
    };
    ++threads_;
    if (pthread_create(&thread, &attributes, entry, this) == 0)
      pthread_detach(thread);
    pthread_attr_destroy(&attributes);
  }

  void serve() {
    pthread_setname_np(pthread_self(), "softcuda-worker");
    std::unique_lock lock(mutex_);
    for (;;) {
      wake_.wait(lock, [&] { return !offers_.empty(); });
      Grid *grid = offers_.front();
      offers_.pop_front();
      // Registered under the pool's lock, so that withdraw() followed by waiting for the list to empty is enough.
      FaultGuard &guard = this_thread_guard();
      {
        std::lock_guard registering(grid->mutex);
        guard.grid = grid;
        grid->workers.push_back(&guard);
      }
      lock.unlock();
      work_on(*grid);
      {
        std::lock_guard leaving(grid->mutex);
        grid->workers.remove(&guard);
        grid->left.notify_all();
      }
      lock.lock();
    }
  }

  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Grid *> offers_;
  unsigned threads_ = 0;
};

} // namespace

void work_on(Grid &grid) {
  Residents residents;
  run_guarded(grid, residents, this_thread_guard());
  if (grid.failed()) // others may wait for what this worker will never do
    stop_workers(grid);
}

void stop_workers(Grid &grid) {
  FaultGuard &self = this_thread_guard();
  std::lock_guard lock(grid.mutex);
  for (FaultGuard *guard : grid.workers)
    if (guard != &self)
      interrupt(*guard);
}

void run_grid(Grid &grid) {
  FaultGuard &guard = this_thread_guard();
  Grid *outer = std::exchange(guard.grid, &grid);
  grid.workers.push_back(&guard);
  uint64_t others = std::min<uint64_t>(worker_count() - 1, grid.cluster_count - 1);
  if (others)
    Pool::instance().offer(grid, static_cast<unsigned>(others));
  {
    Watchdog watchdog(grid, grid.config.watchdog_ms);
    work_on(grid);
    if (others)
      Pool::instance().withdraw(grid);
    std::unique_lock lock(grid.mutex);
    grid.workers.remove(&guard);
    while (!grid.workers.empty()) {
      grid.left.wait_for(lock, std::chrono::milliseconds(50));
      if (grid.failed()) // an interrupt that came too early is repeated
        for (FaultGuard *other : grid.workers)
          interrupt(*other);
    }
  }
  guard.grid = outer;
}

} // namespace softcuda::jit
