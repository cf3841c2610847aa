// Time as the benchmarks take it.
#pragma once

#include <stdint.h>
#include <time.h>

static inline uint64_t bench_now_ns(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static inline void bench_sleep_ns(uint64_t ns) {
  const struct timespec time = {(time_t)(ns / 1000000000u), (long)(ns % 1000000000u)};
  nanosleep(&time, NULL);
}

/// What two readings of the clock, one after the other, are apart: to be taken off times of single
/// calls that are no longer than a few such readings themselves.
double bench_clock_cost_ns(void);
