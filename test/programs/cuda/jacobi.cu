// A solver's life: thousands of short kernels, and every so often a small copy back that decides whether to go on.
// Nothing else shows the price of a launch and of a round trip so plainly.
#include "common.h"
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

std::vector<float> relaxed_on_host(int width, int height, int steps) {
  std::vector<float> in(width * height, 0.0f);
  for (int x = 0; x < width; ++x)
    in[x] = 100.0f;
  std::vector<float> out = in;
  for (int step = 0; step < steps; ++step, in.swap(out))
    for (int y = 1; y < height - 1; ++y)
      for (int i = y * width + 1; i < y * width + width - 1; ++i)
        out[i] = 0.25f * (in[i - 1] + in[i + 1] + in[i - width] + in[i + width]);
  return in;
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
  expect(plate == relaxed_on_host(width, height, steps), "every point is the host's, bit for bit");
  CUDA_OK(cudaFree(a));
  CUDA_OK(cudaFree(b));
  CUDA_OK(cudaFree(bits));
  return verdict();
}
