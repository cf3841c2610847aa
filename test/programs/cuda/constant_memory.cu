// Constant and global variables: written from the host by symbol, by address and at an offset.
#include "common.h"
#include <vector>

__constant__ float coefficients[16];
__constant__ struct {
  int scale;
  double offset;
} settings = {3, 0.25};
__device__ int device_counter = 41;
__device__ int table[8] = {0, 1, 1, 2, 3, 5, 8, 13};

__global__ void polynomial(const float *x, float *y, int n) {
  const int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i >= n)
    return;
  float sum = 0.0f;
  for (int k = 15; k >= 0; --k)
    sum = sum * x[i] + coefficients[k];
  y[i] = sum;
}
__global__ void use_settings(double *out) { *out = settings.scale * 2 + settings.offset; }
__global__ void count() { atomicAdd(&device_counter, table[threadIdx.x]); }

int main() {
  const int n = 1000;
  std::vector<float> x(n), y(n);
  float host_coefficients[16];
  for (int k = 0; k < 16; ++k)
    host_coefficients[k] = k % 2 ? 0.0f : 1.0f;
  for (int i = 0; i < n; ++i)
    x[i] = i % 3 == 0 ? 1.0f : 0.0f;
  float *device_x, *device_y;
  CUDA_OK(cudaMalloc(&device_x, n * sizeof(float)));
  CUDA_OK(cudaMalloc(&device_y, n * sizeof(float)));
  CUDA_OK(cudaMemcpy(device_x, x.data(), n * sizeof(float), cudaMemcpyHostToDevice));
  CUDA_OK(cudaMemcpyToSymbol(coefficients, host_coefficients, sizeof host_coefficients));
  polynomial<<<4, 256>>>(device_x, device_y, n);
  CUDA_OK(cudaMemcpy(y.data(), device_y, n * sizeof(float), cudaMemcpyDeviceToHost));
  bool right = true;
  for (int i = 0; i < n; ++i)
    right &= y[i] == (i % 3 == 0 ? 8.0f : 1.0f);
  expect(right, "constants written by symbol");

  const float two = 2.0f;
  CUDA_OK(cudaMemcpyToSymbol(coefficients, &two, sizeof two, 3 * sizeof(float)));
  polynomial<<<4, 256>>>(device_x, device_y, n);
  CUDA_OK(cudaMemcpy(y.data(), device_y, n * sizeof(float), cudaMemcpyDeviceToHost));
  expect(y[0] == 10.0f && y[1] == 1.0f, "at an offset");

  double *out, host_out = 0.0;
  CUDA_OK(cudaMalloc(&out, sizeof(double)));
  use_settings<<<1, 1>>>(out);
  CUDA_OK(cudaMemcpy(&host_out, out, sizeof host_out, cudaMemcpyDeviceToHost));
  expect(host_out == 6.25, "initialised constants");

  count<<<1, 8>>>();
  int host_counter = 0;
  CUDA_OK(cudaMemcpyFromSymbol(&host_counter, device_counter, sizeof host_counter));
  expect(host_counter == 41 + 33, "initialised device variables");
  void *address;
  size_t size = 0;
  CUDA_OK(cudaGetSymbolAddress(&address, table));
  CUDA_OK(cudaGetSymbolSize(&size, table));
  expect(size == sizeof table, "the size of a symbol");
  CUDA_OK(cudaMemset(address, 0, size));
  count<<<1, 8>>>();
  CUDA_OK(cudaMemcpyFromSymbol(&host_counter, device_counter, sizeof host_counter));
  expect(host_counter == 41 + 33, "a variable by its address");
  CUDA_OK(cudaFree(device_x));
  CUDA_OK(cudaFree(device_y));
  CUDA_OK(cudaFree(out));
  return verdict();
}
