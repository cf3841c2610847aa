// Two threads launch in turn, each waiting for the other's launch before its own: the order of calls
// across threads is the program's, and keeping it must not cost a thread switch a call.
#include <pthread.h>

#include "cases/baton.h"
#include "cases/cases.h"
#include "common/clock.h"

#define LAUNCHES_EACH 500

struct pair {
  struct bench_baton baton;
  pthread_barrier_t round; ///< both ends of a round's burst
  size_t rounds;
};

static void launch_in_turn(struct pair *pair, uint32_t self) {
  for (int i = 0; i < LAUNCHES_EACH; i++) {
    bench_baton_take(&pair->baton, self);
    bench_subject->launch();
    bench_baton_pass(&pair->baton);
  }
}

static void *partner_main(void *argument) {
  struct pair *pair = argument;
  bench_subject->join();
  for (size_t round = 0; round < pair->rounds; round++) {
    pthread_barrier_wait(&pair->round);
    launch_in_turn(pair, 1);
    pthread_barrier_wait(&pair->round);
  }
  return NULL;
}

void bench_two_threads(struct bench_run *run) {
  struct pair pair = {.rounds = run->samples + 1};
  pthread_barrier_init(&pair.round, NULL, 2);
  pthread_t partner;
  if (pthread_create(&partner, NULL, partner_main, &pair) != 0) {
    run->error = "no second thread";
    return;
  }
  for (size_t round = 0; round < pair.rounds; round++) {
    pthread_barrier_wait(&pair.round);
    const uint64_t start_ns = bench_now_ns();
    launch_in_turn(&pair, 0);
    const uint64_t end_ns = bench_now_ns();
    pthread_barrier_wait(&pair.round);
    bench_subject->synchronise();
    if (round > 0) // the first opens the partner's lane
      bench_sample(run, (double)(end_ns - start_ns) / (2 * LAUNCHES_EACH));
  }
  pthread_join(partner, NULL);
  pthread_barrier_destroy(&pair.round);
  run->calls = pair.rounds * 2 * LAUNCHES_EACH;
}
