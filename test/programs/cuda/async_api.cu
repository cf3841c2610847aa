// The host goes on while the device works: events around a copy, a kernel and a copy back, queried until done.
#include "common.h"
#include <atomic>
#include <chrono>
#include <thread>

std::atomic<bool> host_looked{false};

// Holds the stream until the host has seen that it is free meanwhile, however slow this machine is today.
void CUDART_CB wait_for_host(void *) {
  while (!host_looked)
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
}

__global__ void increment(int *data, int by, int n) {
  const int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i < n)
    data[i] += by;
}

int main() {
  const int n = 4 * 1024 * 1024, by = 26;
  const size_t bytes = n * sizeof(int);
  int *host, *device;
  CUDA_OK(cudaMallocHost(&host, bytes));
  for (int i = 0; i < n; ++i)
    host[i] = i;
  CUDA_OK(cudaMalloc(&device, bytes));
  CUDA_OK(cudaMemset(device, 255, bytes));
  cudaEvent_t start, stop;
  CUDA_OK(cudaEventCreate(&start));
  CUDA_OK(cudaEventCreate(&stop));
  CUDA_OK(cudaDeviceSynchronize());

  CUDA_OK(cudaEventRecord(start));
  CUDA_OK(cudaMemcpyAsync(device, host, bytes, cudaMemcpyHostToDevice));
  CUDA_OK(cudaLaunchHostFunc(0, wait_for_host, nullptr));
  increment<<<(n + 511) / 512, 512>>>(device, by, n);
  CUDA_OK(cudaMemcpyAsync(host, device, bytes, cudaMemcpyDeviceToHost));
  CUDA_OK(cudaEventRecord(stop));
  unsigned long polls = 0;
  cudaError_t state;
  while ((state = cudaEventQuery(stop)) == cudaErrorNotReady) {
    ++polls;
    host_looked = true;
  }
  expect(state == cudaSuccess, "the last event comes");
  expect(polls > 0, "the host was free meanwhile");

  float milliseconds = -1.0f;
  CUDA_OK(cudaEventElapsedTime(&milliseconds, start, stop));
  expect(milliseconds > 0.0f && milliseconds < 60'000.0f, "elapsed time is plausible");
  int wrong = 0;
  for (int i = 0; i < n; ++i)
    wrong += host[i] != i + by;
  expect(wrong == 0, "every element was incremented");

  cudaEvent_t never;
  CUDA_OK(cudaEventCreate(&never));
  expect(cudaEventElapsedTime(&milliseconds, never, stop) == cudaErrorInvalidResourceHandle,
         "an unrecorded event has no time");
  cudaGetLastError();
  CUDA_OK(cudaEventDestroy(never));
  CUDA_OK(cudaEventDestroy(start));
  CUDA_OK(cudaEventDestroy(stop));
  CUDA_OK(cudaFree(device));
  CUDA_OK(cudaFreeHost(host));
  return verdict();
}
