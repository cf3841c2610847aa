// What each case measures is told in docs/benchmarks.md; one sample is one call unless said
// otherwise.
#pragma once

#include "cases/subject.h"
#include "common/worker.h"

extern const struct bench_subject *bench_subject;

void bench_sync_call_spinning(struct bench_run *run); ///< mean of 16 calls
void bench_sync_call_parked(struct bench_run *run);
void bench_launch_enqueue(struct bench_run *run); ///< mean of 16 calls
void bench_launch_burst(struct bench_run *run);   ///< a launch's share of a burst
void bench_launch_sustained(
    struct bench_run *run); ///< a launch's share of a run that is waited for
void bench_launch_sync(struct bench_run *run);
void bench_two_threads(struct bench_run *run); ///< a launch's share of a burst
void bench_copies(struct bench_run *run);      ///< argument: BYTES:h2d|d2h:pageable|pinned
