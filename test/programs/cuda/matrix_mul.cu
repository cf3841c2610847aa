// C = A·B with square tiles in shared memory, for two tile sizes and a shape that is not square.
#include "common.h"
#include <cmath>
#include <vector>

template <int TILE>
__global__ void multiply(const float *a, const float *b, float *c, int rows, int inner,
                         int columns) {
  __shared__ float tile_a[TILE][TILE];
  __shared__ float tile_b[TILE][TILE];
  const int row = blockIdx.y * TILE + threadIdx.y;
  const int column = blockIdx.x * TILE + threadIdx.x;
  float sum = 0.0f;
  for (int start = 0; start < inner; start += TILE) {
    tile_a[threadIdx.y][threadIdx.x] = a[row * inner + start + threadIdx.x];
    tile_b[threadIdx.y][threadIdx.x] = b[(start + threadIdx.y) * columns + column];
    __syncthreads();
#pragma unroll
    for (int k = 0; k < TILE; ++k)
      sum += tile_a[threadIdx.y][k] * tile_b[k][threadIdx.x];
    __syncthreads();
  }
  c[row * columns + column] = sum;
}

template <int TILE> bool run(int rows, int inner, int columns) {
  std::vector<float> a(rows * inner), b(inner * columns), c(rows * columns);
  Lcg random(7);
  for (float &x : a)
    x = random.unit() - 0.5f;
  for (float &x : b)
    x = random.unit() - 0.5f;
  float *device_a, *device_b, *device_c;
  CUDA_OK(cudaMalloc(&device_a, a.size() * sizeof(float)));
  CUDA_OK(cudaMalloc(&device_b, b.size() * sizeof(float)));
  CUDA_OK(cudaMalloc(&device_c, c.size() * sizeof(float)));
  CUDA_OK(cudaMemcpy(device_a, a.data(), a.size() * sizeof(float), cudaMemcpyHostToDevice));
  CUDA_OK(cudaMemcpy(device_b, b.data(), b.size() * sizeof(float), cudaMemcpyHostToDevice));
  for (int repeat = 0; repeat < 3; ++repeat)
    multiply<TILE><<<dim3(columns / TILE, rows / TILE), dim3(TILE, TILE)>>>(
        device_a, device_b, device_c, rows, inner, columns);
  LAUNCH_OK();
  CUDA_OK(cudaMemcpy(c.data(), device_c, c.size() * sizeof(float), cudaMemcpyDeviceToHost));

  double worst = 0.0;
  for (int row = 0; row < rows; row += 7) {
    for (int column = 0; column < columns; column += 5) {
      double exact = 0.0;
      for (int k = 0; k < inner; ++k)
        exact += (double)a[row * inner + k] * b[k * columns + column];
      worst = std::fmax(worst, std::fabs(exact - c[row * columns + column]));
    }
  }
  CUDA_OK(cudaFree(device_a));
  CUDA_OK(cudaFree(device_b));
  CUDA_OK(cudaFree(device_c));
  return worst < 1e-4;
}

int main() {
  expect(run<16>(320, 256, 192), "16x16 tiles, 320x256 by 256x192");
  expect(run<32>(256, 320, 128), "32x32 tiles, 256x320 by 320x128");
  return verdict();
}
