// Copies through the driver.
#include "driver/copies.h"

#include <stdlib.h>
#include <string.h>

#include "common/noise.h"
#include "driver/api.h"

static CUdeviceptr g_device;
static void *g_host;

const char *bench_driver_copy_open(const struct bench_copy *copy) {
  if (copy->pinned)
    MUST(cuda.cuMemHostAlloc(&g_host, copy->bytes, 0));
  else
    g_host = malloc(copy->bytes);
  if (g_host == NULL)
    return "no host memory";
  MUST(cuda.cuMemAlloc_v2(&g_device, copy->bytes));
  bench_noise(g_host, copy->bytes / sizeof(uint64_t), copy->bytes + 1);
  MUST(cuda.cuMemcpyHtoD_v2(g_device, g_host, copy->bytes));
  return NULL;
}

void bench_driver_copy(const struct bench_copy *copy) {
  if (copy->to_device)
    MUST(cuda.cuMemcpyHtoD_v2(g_device, g_host, copy->bytes));
  else
    MUST(cuda.cuMemcpyDtoH_v2(g_host, g_device, copy->bytes));
}

const char *bench_driver_copy_close(const struct bench_copy *copy) {
  void *back = malloc(copy->bytes);
  if (back == NULL)
    return "no host memory to compare with";
  MUST(cuda.cuMemcpyDtoH_v2(back, g_device, copy->bytes));
  const int same = memcmp(back, g_host, copy->bytes) == 0;
  free(back);
  MUST(cuda.cuMemFree_v2(g_device));
  if (copy->pinned)
    MUST(cuda.cuMemFreeHost(g_host));
  else
    free(g_host);
  return same ? NULL : "what was copied is not what arrived";
}
