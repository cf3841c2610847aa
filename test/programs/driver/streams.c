// Streams and events through the driver API: order, waiting across streams, queries, pinned memory.
#include "driver.h"

#include <stdatomic.h>
#include <time.h>

enum { N = 1 << 16 };

static atomic_int gate_is_open;

// Holds a stream until the host has looked at it, however slow this machine is today.
static void wait_at_gate(void *unused) {
  (void)unused;
  const struct timespec moment = {0, 1000000};
  while (!atomic_load(&gate_is_open))
    nanosleep(&moment, NULL);
}

// A copy in one context says nothing of the default stream of another.
static void wait_in_another_context(CUcontext context, CUdeviceptr memory, const char *program) {
  CUcontext other;
  CUfunction spin;
  CUevent event;
  CUdeviceptr scratch;
  int rounds = 20000000;
  float value;
  CU_OK(cuCtxCreate(&other, 0, 0));
  CU_OK(cuModuleGetFunction(&spin, load_beside(program, "kernels.ptx"), "spin"));
  CU_OK(cuEventCreate(&event, 0));
  CU_OK(cuMemAlloc(&scratch, 64 * sizeof(int)));
  void *parameters[] = {&scratch, &rounds};
  CU_OK(cuLaunchKernel(spin, 1, 1, 1, 64, 1, 1, 0, NULL, parameters, NULL));
  CU_OK(cuEventRecord(event, NULL));
  CU_OK(cuCtxSetCurrent(context));
  CU_OK(cuMemcpyDtoH(&value, memory, sizeof value));
  CU_OK(cuCtxSetCurrent(other));
  CU_OK(cuStreamSynchronize(NULL));
  expect(cuEventQuery(event) == CUDA_SUCCESS,
         "each context's default stream is waited for by itself");
  CU_OK(cuCtxDestroy(other));
  CU_OK(cuCtxSetCurrent(context));
}

int main(int argc, char **argv) {
  (void)argc;
  CUcontext context = start_driver();
  CUmodule module = load_beside(argv[0], "kernels.ptx");
  CUfunction spin, add;
  CU_OK(cuModuleGetFunction(&spin, module, "spin"));
  CU_OK(cuModuleGetFunction(&add, module, "add"));
  CUstream first, second;
  CUevent start, half, end;
  CU_OK(cuStreamCreate(&first, 1));
  CU_OK(cuStreamCreate(&second, 1));
  CU_OK(cuEventCreate(&start, 0));
  CU_OK(cuEventCreate(&half, 0));
  CU_OK(cuEventCreate(&end, 0));

  const size_t bytes = N * sizeof(float);
  float *host;
  CUdeviceptr a, b, scratch;
  CU_OK(cuMemHostAlloc((void **)&host, bytes, 0));
  CU_OK(cuMemAlloc(&a, bytes));
  CU_OK(cuMemAlloc(&b, bytes));
  CU_OK(cuMemAlloc(&scratch, 64 * sizeof(int)));
  for (int i = 0; i < N; ++i)
    host[i] = (float)i;

  int rounds = 1000, n = N;
  void *spin_parameters[] = {&scratch, &rounds};
  CU_OK(cuEventRecord(start, first));
  CU_OK(cuMemcpyHtoDAsync(a, host, bytes, first));
  CU_OK(cuLaunchHostFunc(first, wait_at_gate, NULL));
  CU_OK(cuLaunchKernel(spin, 1, 1, 1, 64, 1, 1, 0, first, spin_parameters, NULL));
  CU_OK(cuEventRecord(half, first));
  expect(cuEventQuery(half) == CUDA_ERROR_NOT_READY, "an event behind a closed gate is not ready");
  expect(cuStreamQuery(first) == CUDA_ERROR_NOT_READY, "nor is its stream");
  atomic_store(&gate_is_open, 1);

  CU_OK(cuStreamWaitEvent(second, half, 0));
  void *add_parameters[] = {&a, &a, &b, &n};
  CU_OK(cuLaunchKernel(add, N / 256, 1, 1, 256, 1, 1, 0, second, add_parameters, NULL));
  CU_OK(cuMemcpyDtoHAsync(host, b, bytes, second));
  CU_OK(cuEventRecord(end, second));
  CU_OK(cuEventSynchronize(end));
  expect(cuEventQuery(half) == CUDA_SUCCESS, "what was waited for is ready");
  int wrong = 0;
  for (int i = 0; i < N; ++i)
    wrong += host[i] != 2.0f * (float)i;
  expect(wrong == 0, "the second stream saw the first one's copy");

  float to_half = -1.0f, to_end = -1.0f;
  CU_OK(cuEventElapsedTime(&to_half, start, half));
  CU_OK(cuEventElapsedTime(&to_end, start, end));
  expect(to_half > 0.0f && to_half <= to_end, "times are in order");
  CU_OK(cuMemsetD8Async(b, 0, bytes, second));
  CU_OK(cuMemcpyDtoHAsync(host, b, bytes, second));
  CU_OK(cuStreamSynchronize(second));
  expect(host[0] == 0.0f && host[N - 1] == 0.0f, "memset in a stream");

  wait_in_another_context(context, b, argv[0]);

  CU_OK(cuEventDestroy(start));
  CU_OK(cuEventDestroy(half));
  CU_OK(cuEventDestroy(end));
  CU_OK(cuStreamDestroy(first));
  CU_OK(cuStreamDestroy(second));
  CU_OK(cuMemFreeHost(host));
  CU_OK(cuCtxDestroy(context));
  return verdict();
}
