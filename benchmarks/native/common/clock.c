#include "common/clock.h"

#define READINGS 100000

double bench_clock_cost_ns(void) {
  const uint64_t start_ns = bench_now_ns();
  for (int i = 1; i < READINGS; i++)
    (void)bench_now_ns();
  return (double)(bench_now_ns() - start_ns) / READINGS;
}
