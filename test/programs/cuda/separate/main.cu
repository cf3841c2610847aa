// Separate compilation (-rdc=true): kernels here call device functions, and read variables, of another file.
#include "../common.h"
#include "ops.cuh"
#include <vector>

using Unary = float (*)(float);

__device__ float plus_one(float x) { return x + 1.0f; }
__device__ float negate(float x) { return -x; }
// Function pointers live in device memory, as dispatch tables do.
__device__ Unary table[2] = {plus_one, negate};

__global__ void transform(const float *in, float *out, int n) {
  const int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i >= n)
    return;
  note_call();
  out[i] = apply(i % 4, in[i]);
}

__global__ void through_table(float *data, int n) {
  const int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i < n)
    data[i] = table[i & 1](data[i]);
}

int main() {
  const int n = 1000;
  std::vector<float> input(n), output(n);
  for (int i = 0; i < n; ++i)
    input[i] = (float)i / 8.0f;
  float *in, *out;
  CUDA_OK(cudaMalloc(&in, n * sizeof(float)));
  CUDA_OK(cudaMalloc(&out, n * sizeof(float)));
  CUDA_OK(cudaMemcpy(in, input.data(), n * sizeof(float), cudaMemcpyHostToDevice));
  transform<<<(n + 127) / 128, 128>>>(in, out, n);
  LAUNCH_OK();
  CUDA_OK(cudaMemcpy(output.data(), out, n * sizeof(float), cudaMemcpyDeviceToHost));
  const float factor[] = {1.0f, 2.0f, 0.5f, -3.0f};
  bool right = true;
  for (int i = 0; i < n; ++i)
    right &= output[i] == input[i] * factor[i % 4] + (float)(i % 4);
  expect(right, "a device function of another file");
  int counted = 0;
  CUDA_OK(cudaMemcpyFromSymbol(&counted, calls, sizeof counted));
  expect(counted == n, "a device variable of another file");

  through_table<<<(n + 127) / 128, 128>>>(out, n);
  LAUNCH_OK();
  std::vector<float> after(n);
  CUDA_OK(cudaMemcpy(after.data(), out, n * sizeof(float), cudaMemcpyDeviceToHost));
  right = true;
  for (int i = 0; i < n; ++i)
    right &= after[i] == (i & 1 ? -output[i] : output[i] + 1.0f);
  expect(right, "device functions through a table of pointers");
  CUDA_OK(cudaFree(in));
  CUDA_OK(cudaFree(out));
  return verdict();
}
