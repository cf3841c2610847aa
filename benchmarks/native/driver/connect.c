#include "driver/connect.h"

#include <stdio.h>

#include "common/clock.h"
#include "driver/api.h"

int bench_connect(void) {
  bench_load_driver();
  CUdevice ordinal;
  CUdeviceptr memory;
  const uint64_t start_ns = bench_now_ns();
  MUST(cuda.cuInit(0));
  const uint64_t initialised_ns = bench_now_ns();
  MUST(cuda.cuDeviceGet(&ordinal, 0));
  MUST(cuda.cuDevicePrimaryCtxRetain(&device.context, ordinal));
  MUST(cuda.cuCtxSetCurrent(device.context));
  MUST(cuda.cuMemAlloc_v2(&memory, 4096));
  const uint64_t answered_ns = bench_now_ns();
  printf("{\"name\":\"connect_first_call\",\"samples_ns\":[%llu],\"init_ns\":%llu,\"calls\":1,"
         "\"voluntary_switches\":0}\n",
         (unsigned long long)(answered_ns - start_ns),
         (unsigned long long)(initialised_ns - start_ns));
  return 0;
}
