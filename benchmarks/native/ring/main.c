// gpuferry-bench-ring: a worker (common/worker.h) that measures the transport alone.
#include "cases/subject.h"
#include "ring/copies.h"
#include "ring/frames.h"

static void null_call(void) { bench_ring_call(bench_ring_lane()); }
static void launch(void) { bench_ring_launch(bench_ring_lane()); }
static void join(void) { bench_ring_lane(); }

static const struct bench_subject RING = {
    .null_call = null_call,
    .launch = launch,
    .synchronise = null_call,
    .join = join,
    .copy_open = bench_ring_copy_open,
    .copy = bench_ring_copy,
    .copy_close = bench_ring_copy_close,
};

int main(void) {
  bench_ring_open();
  return bench_serve_subject(&RING);
}
