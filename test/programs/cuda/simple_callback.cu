// Host code in a stream's order: cudaLaunchHostFunc and the older cudaStreamAddCallback, each between a kernel
// whose result it reads and one that reads what it wrote.
#include "common.h"
#include <atomic>

__global__ void square(int *value) { *value *= *value; }

struct Visit {
  int *value;
  std::atomic<int> calls{0};
  int seen = 0;
  cudaError_t status = cudaErrorUnknown;
};

void CUDART_CB on_host(void *data) {
  auto visit = static_cast<Visit *>(data);
  visit->seen = *visit->value;
  *visit->value += 1;
  visit->calls++;
}

void CUDART_CB on_stream(cudaStream_t, cudaError_t status, void *data) {
  auto visit = static_cast<Visit *>(data);
  visit->status = status;
  visit->seen = *visit->value;
  visit->calls++;
}

int main() {
  int *host, *device;
  CUDA_OK(cudaMallocHost(&host, sizeof(int)));
  CUDA_OK(cudaMalloc(&device, sizeof(int)));
  cudaStream_t stream;
  CUDA_OK(cudaStreamCreate(&stream));

  *host = 7;
  Visit between{host};
  CUDA_OK(cudaMemcpyAsync(device, host, sizeof(int), cudaMemcpyHostToDevice, stream));
  square<<<1, 1, 0, stream>>>(device);
  CUDA_OK(cudaMemcpyAsync(host, device, sizeof(int), cudaMemcpyDeviceToHost, stream));
  CUDA_OK(cudaLaunchHostFunc(stream, on_host, &between));
  CUDA_OK(cudaMemcpyAsync(device, host, sizeof(int), cudaMemcpyHostToDevice, stream));
  square<<<1, 1, 0, stream>>>(device);
  CUDA_OK(cudaMemcpyAsync(host, device, sizeof(int), cudaMemcpyDeviceToHost, stream));
  Visit last{host};
  CUDA_OK(cudaStreamAddCallback(stream, on_stream, &last, 0));
  CUDA_OK(cudaStreamSynchronize(stream));
  expect(between.calls == 1 && between.seen == 49, "host function sees the kernel before it");
  expect(*host == 2500, "the kernel after it sees the host function");
  expect(last.calls == 1 && last.seen == 2500 && last.status == cudaSuccess, "stream callback");

  std::atomic<int> count{0};
  for (int i = 0; i < 100; ++i)
    CUDA_OK(cudaLaunchHostFunc(
        stream, [](void *data) { ++*static_cast<std::atomic<int> *>(data); }, &count));
  CUDA_OK(cudaStreamSynchronize(stream));
  expect(count == 100, "a hundred host functions");

  CUDA_OK(cudaStreamDestroy(stream));
  CUDA_OK(cudaFree(device));
  CUDA_OK(cudaFreeHost(host));
  return verdict();
}
