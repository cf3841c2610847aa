// Whose turn it is, between two threads. Waiting spins, since a system call here would be counted
// against what is measured; where the partner has lost its core to somebody else, it yields.
#pragma once

#include <sched.h>
#include <stdint.h>

#define BENCH_BATON_SPINS 20000

struct bench_baton {
  _Alignas(64) uint32_t turn;
};

static inline void bench_baton_take(struct bench_baton *baton, uint32_t self) {
  for (unsigned spins = 0; (__atomic_load_n(&baton->turn, __ATOMIC_ACQUIRE) & 1) != self; spins++) {
    if (spins % BENCH_BATON_SPINS == BENCH_BATON_SPINS - 1)
      sched_yield();
  }
}

static inline void bench_baton_pass(struct bench_baton *baton) {
  __atomic_store_n(&baton->turn, baton->turn + 1, __ATOMIC_RELEASE);
}
