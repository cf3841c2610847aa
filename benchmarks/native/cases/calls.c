// Calls that carry no data: a synchronous one that does nothing, and launches of a kernel that does
// nothing.
#include "cases/cases.h"
#include "common/clock.h"

#define WARM_UP_CALLS 200
#define SPINNING_BATCH 16
/// Longer than any side spins before it sleeps.
#define PARK_NS 2000000u
/// A clock of 10 ns cannot time one launch of 20: launches are timed in groups that are short enough for
/// the median to leave out those that something interrupted.
#define ENQUEUE_GROUP 16
#define ENQUEUE_GROUPS 16
/// Frames of a launch fit a lane's ring this often, with room to spare: nothing waits for room.
#define RATE_BURST 1500
#define SUSTAINED_LAUNCHES 20000

void bench_sync_call_spinning(struct bench_run *run) {
  for (int i = 0; i < WARM_UP_CALLS; i++)
    bench_subject->null_call();
  while (run->taken < run->samples) {
    const uint64_t start_ns = bench_now_ns();
    for (int i = 0; i < SPINNING_BATCH; i++)
      bench_subject->null_call();
    bench_sample(run, (double)(bench_now_ns() - start_ns) / SPINNING_BATCH);
  }
  run->calls = WARM_UP_CALLS + run->samples * SPINNING_BATCH;
}

void bench_sync_call_parked(struct bench_run *run) {
  const double clock_ns = bench_clock_cost_ns();
  while (run->taken < run->samples) {
    bench_sleep_ns(PARK_NS);
    const uint64_t start_ns = bench_now_ns();
    bench_subject->null_call();
    bench_sample(run, (double)(bench_now_ns() - start_ns) - clock_ns);
  }
  run->calls = run->samples;
}

static void warm_up_launches(void) {
  for (int i = 0; i < WARM_UP_CALLS; i++)
    bench_subject->launch();
  bench_subject->synchronise();
}

void bench_launch_enqueue(struct bench_run *run) {
  warm_up_launches();
  const double clock_ns = bench_clock_cost_ns();
  while (run->taken < run->samples) {
    for (int group = 0; group < ENQUEUE_GROUPS; group++) {
      const uint64_t start_ns = bench_now_ns();
      for (int i = 0; i < ENQUEUE_GROUP; i++)
        bench_subject->launch();
      bench_sample(run, ((double)(bench_now_ns() - start_ns) - clock_ns) / ENQUEUE_GROUP);
    }
    bench_subject->synchronise();
  }
  run->calls = run->samples * ENQUEUE_GROUP;
}

/// One sample: `launches` in a row, waited for inside the time or after it.
static void launch_rows(struct bench_run *run, int launches, int wait_inside) {
  warm_up_launches();
  while (run->taken < run->samples) {
    const uint64_t start_ns = bench_now_ns();
    for (int i = 0; i < launches; i++)
      bench_subject->launch();
    uint64_t end_ns = bench_now_ns();
    bench_subject->synchronise();
    if (wait_inside)
      end_ns = bench_now_ns();
    bench_sample(run, (double)(end_ns - start_ns) / launches);
  }
  run->calls = run->samples * (uint64_t)launches;
}

void bench_launch_burst(struct bench_run *run) { launch_rows(run, RATE_BURST, 0); }
void bench_launch_sustained(struct bench_run *run) { launch_rows(run, SUSTAINED_LAUNCHES, 1); }
void bench_launch_sync(struct bench_run *run) { launch_rows(run, 1, 1); }
