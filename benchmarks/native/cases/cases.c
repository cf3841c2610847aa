#include "cases/cases.h"

const struct bench_subject *bench_subject;

static const struct bench_case CASES[] = {
    {"sync_call_spinning", bench_sync_call_spinning},
    {"sync_call_parked", bench_sync_call_parked},
    {"launch_enqueue", bench_launch_enqueue},
    {"launch_burst", bench_launch_burst},
    {"launch_sustained", bench_launch_sustained},
    {"launch_sync", bench_launch_sync},
    {"two_threads", bench_two_threads},
    {"copy", bench_copies},
    {NULL, NULL},
};

int bench_serve_subject(const struct bench_subject *subject) {
  bench_subject = subject;
  return bench_serve(CASES);
}
