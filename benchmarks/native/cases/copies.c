// Copies of random data. What came back from the device is compared before the numbers
// are believed.
#include <stdio.h>
#include <string.h>

#include "cases/cases.h"
#include "common/clock.h"

/// The first copies fault pages in, and find the data in the caches of whichever core made it up.
#define WARM_UP_COPIES 4

static int parse(const char *argument, struct bench_copy *copy) {
  char direction[8], memory[16];
  if (sscanf(argument, "%zu:%7[^:]:%15s", &copy->bytes, direction, memory) != 3)
    return -1;
  copy->to_device = strcmp(direction, "h2d") == 0;
  copy->pinned = strcmp(memory, "pinned") == 0;
  copy->way = strcmp(memory, "stream") == 0 ? BENCH_COPY_IN_STREAM
              : strcmp(memory, "rows") == 0 ? BENCH_COPY_IN_ROWS
                                            : BENCH_COPY_WHOLE;
  return 0;
}

void bench_copies(struct bench_run *run) {
  struct bench_copy copy;
  if (parse(run->argument, &copy) != 0) {
    run->error = "a copy is BYTES:h2d|d2h:pageable|pinned|stream|rows";
    return;
  }
  run->error = bench_subject->copy_open(&copy);
  if (run->error != NULL)
    return;
  for (int i = 0; i < WARM_UP_COPIES; i++)
    bench_subject->copy(&copy);
  const double clock_ns = bench_clock_cost_ns();
  while (run->taken < run->samples) {
    const uint64_t start_ns = bench_now_ns();
    bench_subject->copy(&copy);
    bench_sample(run, (double)(bench_now_ns() - start_ns) - clock_ns);
  }
  run->calls = run->samples;
  run->error = bench_subject->copy_close(&copy);
}
