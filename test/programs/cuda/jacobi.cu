// A solver's life: thousands of short kernels, and every so often a small copy back that decides whether to go on.
// Nothing else shows the price of a launch and of a round trip so plainly.
#include "common.h"
#include <cmath>
#include <cstring>
#include <vector>

__global__ void relax(const float *in, float *out, int width, int height) {
  const int x = blockIdx.x * blockDim.x + threadIdx.x, y = blockIdx.y * blockDim.y + threadIdx.y;
  if (x >= width || y >= height)
    return;
  const int i = y * width + x;
  const bool edge = x == 0 || y == 0 || x == width - 1 || y == height - 1;
  out[i] = edge ? in[i] : 0.25f * (in[i - 1] + in[i + 1] + in[i - width] + in[i + width]);
}

__global__ void largest_change(const float *a, const float *b, int n, unsigned *bits) {
  float worst = 0.0f;
  for (int i = blockIdx.x * blockDim.x + threadIdx.x; i < n; i += gridDim.x * blockDim.x)
    worst = fmaxf(worst, fabsf(a[i] - b[i]));
  atomicMax(bits, __float_as_uint(
                      worst)); // for non-negative floats the order of bits is the order of values
}

int main() {
  const int width = 96, height = 96, n = width * height, check_every = 50;
  std::vector<float> plate(n, 0.0f);
  for (int x = 0; x < width; ++x)
    plate[x] = 100.0f;
  float *a, *b;
  unsigned *bits;
  CUDA_OK(cudaMalloc(&a, n * sizeof(float)));
  CUDA_OK(cudaMalloc(&b, n * sizeof(float)));
  CUDA_OK(cudaMalloc(&bits, sizeof(unsigned)));
  CUDA_OK(cudaMemcpy(a, plate.data(), n * sizeof(float), cudaMemcpyHostToDevice));
  CUDA_OK(cudaMemcpy(b, plate.data(), n * sizeof(float), cudaMemcpyHostToDevice));
  const dim3 block(32, 8), grid((width + 31) / 32, (height + 7) / 8);
  int steps = 0;
  float change = 1.0f;
  while (change > 1e-2f && steps < 4000) {
    for (int k = 0; k < check_every; ++k, steps += 2) {
      relax<<<grid, block>>>(a, b, width, height);
      relax<<<grid, block>>>(b, a, width, height);
    }
    CUDA_OK(cudaMemsetAsync(bits, 0, sizeof(unsigned)));
    largest_change<<<8, 128>>>(a, b, n, bits);
    unsigned raw;
    CUDA_OK(cudaMemcpy(&raw, bits, sizeof raw, cudaMemcpyDeviceToHost));
    std::memcpy(&change, &raw, sizeof change);
  }
  LAUNCH_OK();
  CUDA_OK(cudaMemcpy(plate.data(), a, n * sizeof(float), cudaMemcpyDeviceToHost));
  std::printf("  %d steps\n", steps);
  expect(steps < 4000, "it settles");
  const float centre = plate[height / 2 * width + width / 2];
  expect(centre > 15.0f && centre < 26.0f, "the middle is at about a quarter of the hot side");
  double lopsided = 0.0;
  for (int y = 0; y < height; ++y)
    for (int x = 0; x < width / 2; ++x)
      lopsided =
          std::fmax(lopsided, std::fabs(plate[y * width + x] - plate[y * width + width - 1 - x]));
  expect(lopsided < 1e-3, "left mirrors right");
  CUDA_OK(cudaFree(a));
  CUDA_OK(cudaFree(b));
  CUDA_OK(cudaFree(bits));
  return verdict();
}
