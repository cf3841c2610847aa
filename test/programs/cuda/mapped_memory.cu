// Host memory that the device reads and writes in place: mapped allocations and registered memory of the program's own.
#include "common.h"
#include <cstdlib>
#include <cstring>

__global__ void add(const int *a, const int *b, int *sum, int n) {
  const int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i < n)
    sum[i] = a[i] + b[i];
}

int main() {
  const int n = 50'000;
  const size_t bytes = n * sizeof(int);
  int can_map = 0;
  CUDA_OK(cudaDeviceGetAttribute(&can_map, cudaDevAttrCanMapHostMemory, 0));
  expect(can_map == 1, "the device maps host memory");

  int *a, *b, *sum, *device_a, *device_b, *device_sum;
  CUDA_OK(cudaHostAlloc(&a, bytes, cudaHostAllocMapped));
  CUDA_OK(cudaHostAlloc(&b, bytes, cudaHostAllocMapped | cudaHostAllocWriteCombined));
  CUDA_OK(cudaHostAlloc(&sum, bytes, cudaHostAllocMapped | cudaHostAllocPortable));
  for (int i = 0; i < n; ++i) {
    a[i] = i;
    b[i] = 3 * i;
  }
  CUDA_OK(cudaHostGetDevicePointer(&device_a, a, 0));
  CUDA_OK(cudaHostGetDevicePointer(&device_b, b, 0));
  CUDA_OK(cudaHostGetDevicePointer(&device_sum, sum, 0));
  add<<<(n + 255) / 256, 256>>>(device_a, device_b, device_sum, n);
  LAUNCH_OK();
  bool right = true;
  for (int i = 0; i < n; ++i)
    right &= sum[i] == 4 * i;
  expect(right, "mapped allocations, without any copy");

  unsigned flags = 0;
  CUDA_OK(cudaHostGetFlags(&flags, b));
  expect((flags & cudaHostAllocWriteCombined) != 0, "flags are kept");
  cudaPointerAttributes attributes;
  CUDA_OK(cudaPointerGetAttributes(&attributes, a));
  expect(attributes.type == cudaMemoryTypeHost, "a pinned pointer says so");

  // Pinned memory is memory: plain copies, offsets and strides work on it.
  int *device;
  CUDA_OK(cudaMalloc(&device, bytes));
  CUDA_OK(cudaMemcpy(device, a + 100, bytes - 400, cudaMemcpyHostToDevice));
  CUDA_OK(cudaMemcpy(b, device, bytes - 400, cudaMemcpyDeviceToHost));
  expect(std::memcmp(b, a + 100, bytes - 400) == 0, "copies at an offset");

  int *own = static_cast<int *>(std::aligned_alloc(4096, 200'704));
  std::memset(own, 0, 200'704);
  cudaError_t registered = cudaHostRegister(own, 200'704, cudaHostRegisterMapped);
  expect(registered == cudaSuccess, "registering memory of one's own");
  if (registered == cudaSuccess) {
    CUDA_OK(cudaMemcpyAsync(device, a, bytes, cudaMemcpyHostToDevice));
    CUDA_OK(cudaMemcpyAsync(own, device, bytes, cudaMemcpyDeviceToHost));
    CUDA_OK(cudaDeviceSynchronize());
    expect(std::memcmp(own, a, bytes) == 0, "and copying to it");
    expect(cudaHostUnregister(own + 1) == cudaErrorInvalidValue, "unregistering from the middle");
    cudaGetLastError();
    CUDA_OK(cudaHostUnregister(own));
  }
  expect(cudaHostUnregister(own) == cudaErrorHostMemoryNotRegistered, "unregistering twice");
  cudaGetLastError();
  std::free(own);
  CUDA_OK(cudaFree(device));
  CUDA_OK(cudaFreeHost(a));
  CUDA_OK(cudaFreeHost(b));
  CUDA_OK(cudaFreeHost(sum));
  return verdict();
}
