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

static void copy_in_stream(const struct bench_copy *copy) {
  if (copy->to_device)
    MUST(cuda.cuMemcpyHtoDAsync_v2(g_device, g_host, copy->bytes, device.stream));
  else
    MUST(cuda.cuMemcpyDtoHAsync_v2(g_host, g_device, copy->bytes, device.stream));
  MUST(cuda.cuStreamSynchronize(device.stream));
}

static void copy_in_rows(const struct bench_copy *copy) {
  CUDA_MEMCPY2D rows = {
      .srcMemoryType = copy->to_device ? CU_MEMORYTYPE_HOST : CU_MEMORYTYPE_DEVICE,
      .srcHost = g_host,
      .srcDevice = g_device,
      .srcPitch = BENCH_ROW_BYTES,
      .dstMemoryType = copy->to_device ? CU_MEMORYTYPE_DEVICE : CU_MEMORYTYPE_HOST,
      .dstHost = g_host,
      .dstDevice = g_device,
      .dstPitch = BENCH_ROW_BYTES,
      .WidthInBytes = BENCH_ROW_BYTES,
      .Height = copy->bytes / BENCH_ROW_BYTES,
  };
  MUST(cuda.cuMemcpy2D_v2(&rows));
}

void bench_driver_copy(const struct bench_copy *copy) {
  if (copy->way == BENCH_COPY_IN_STREAM)
    copy_in_stream(copy);
  else if (copy->way == BENCH_COPY_IN_ROWS)
    copy_in_rows(copy);
  else if (copy->to_device)
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
