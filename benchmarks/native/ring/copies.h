// The copies of cases/subject.h, through the shared heap.
#pragma once

#include "cases/subject.h"

const char *bench_ring_copy_open(const struct bench_copy *copy);
void bench_ring_copy(const struct bench_copy *copy);
const char *bench_ring_copy_close(const struct bench_copy *copy);
