// The first CUDA program everybody writes: c = a + b, with a length that no block size divides.
#include "common.h"
#include <vector>

__global__ void add(const float *a, const float *b, float *c, int n) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i < n)
    c[i] = a[i] + b[i];
}

int main() {
  const int n = 1'000'003;
  const size_t bytes = n * sizeof(float);
  std::vector<float> a(n), b(n), c(n, -1.0f);
  Lcg random(1);
  for (int i = 0; i < n; ++i) {
    a[i] = random.unit();
    b[i] = random.unit();
  }

  float *device_a, *device_b, *device_c;
  CUDA_OK(cudaMalloc(&device_a, bytes));
  CUDA_OK(cudaMalloc(&device_b, bytes));
  CUDA_OK(cudaMalloc(&device_c, bytes));
  CUDA_OK(cudaMemcpy(device_a, a.data(), bytes, cudaMemcpyHostToDevice));
  CUDA_OK(cudaMemcpy(device_b, b.data(), bytes, cudaMemcpyHostToDevice));

  const int block = 256;
  add<<<(n + block - 1) / block, block>>>(device_a, device_b, device_c, n);
  CUDA_OK(cudaGetLastError());
  CUDA_OK(cudaMemcpy(c.data(), device_c, bytes, cudaMemcpyDeviceToHost));

  int wrong = 0;
  for (int i = 0; i < n; ++i)
    wrong += c[i] != a[i] + b[i];
  expect(wrong == 0, "every sum is exact");

  CUDA_OK(cudaFree(device_a));
  CUDA_OK(cudaFree(device_b));
  CUDA_OK(cudaFree(device_c));
  return verdict();
}
