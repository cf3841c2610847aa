// A worker measures on command. The harness (benchmarks/src) starts one in each mode (passthrough,
// ring, forwarded) and has them work in turns, so that whatever else the machine does falls on all
// of them alike. While it is not its turn, a worker sleeps in read(2).
//
//   harness → worker   one line: NAME SAMPLES [ARGUMENT]
//   worker → harness   one line of JSON:
//                      {"name", "samples_ns": […], "calls", "voluntary_switches"} or {"name", "error"}
#pragma once

#include <stddef.h>
#include <stdint.h>

struct bench_run {
  const char *argument; ///< the command's third word, or ""
  size_t samples;       ///< how many to take
  double *samples_ns;   ///< taken; room for `samples`
  size_t taken;
  uint64_t calls;    ///< calls made while the samples were taken; for switches per call
  const char *error; ///< why there are no samples, or NULL
};

static inline void bench_sample(struct bench_run *run, double ns) {
  if (run->taken < run->samples)
    run->samples_ns[run->taken++] = ns;
}

struct bench_case {
  const char *name;
  void (*measure)(struct bench_run *run);
};

/// Serves commands until stdin ends. `cases` ends with a NULL name. Returns main's exit status.
int bench_serve(const struct bench_case *cases);
