// The copies of cases/subject.h, through the driver.
#pragma once

#include "cases/subject.h"

const char *bench_driver_copy_open(const struct bench_copy *copy);
void bench_driver_copy(const struct bench_copy *copy);
const char *bench_driver_copy_close(const struct bench_copy *copy);
