// A separable blur of an image: rows, then columns, with a shared-memory tile and its apron; weights in constant memory.
#include "common.h"
#include <cmath>
#include <vector>

constexpr int RADIUS = 8, BLOCK_X = 32, BLOCK_Y = 8;
__constant__ float weights[2 * RADIUS + 1];

// ALONG_X: rows. Pixels outside of the image count as 0.
template <bool ALONG_X> __global__ void blur(const float *in, float *out, int width, int height) {
  constexpr int LONG_X = ALONG_X ? BLOCK_X + 2 * RADIUS : BLOCK_X;
  constexpr int LONG_Y = ALONG_X ? BLOCK_Y : BLOCK_Y + 2 * RADIUS;
  __shared__ float tile[LONG_Y][LONG_X];
  const int left = blockIdx.x * BLOCK_X - (ALONG_X ? RADIUS : 0);
  const int top = blockIdx.y * BLOCK_Y - (ALONG_X ? 0 : RADIUS);
  for (int y = threadIdx.y; y < LONG_Y; y += BLOCK_Y)
    for (int x = threadIdx.x; x < LONG_X; x += BLOCK_X) {
      const int from_x = left + x, from_y = top + y;
      const bool inside = from_x >= 0 && from_x < width && from_y >= 0 && from_y < height;
      tile[y][x] = inside ? in[from_y * width + from_x] : 0.0f;
    }
  __syncthreads();
  const int x = blockIdx.x * BLOCK_X + threadIdx.x, y = blockIdx.y * BLOCK_Y + threadIdx.y;
  if (x >= width || y >= height)
    return;
  float sum = 0.0f;
#pragma unroll
  for (int k = 0; k <= 2 * RADIUS; ++k)
    sum += weights[k] *
           (ALONG_X ? tile[threadIdx.y][threadIdx.x + k] : tile[threadIdx.y + k][threadIdx.x]);
  out[y * width + x] = sum;
}

int main() {
  const int width = 700, height = 500;
  std::vector<float> image(width * height), got(width * height);
  Lcg random(31);
  for (float &pixel : image)
    pixel = random.unit();
  float host_weights[2 * RADIUS + 1], total = 0.0f;
  for (int k = 0; k <= 2 * RADIUS; ++k)
    total += host_weights[k] = std::exp(-(float)((k - RADIUS) * (k - RADIUS)) / 18.0f);
  for (float &weight : host_weights)
    weight /= total;
  CUDA_OK(cudaMemcpyToSymbol(weights, host_weights, sizeof host_weights));
  const size_t bytes = image.size() * sizeof(float);
  float *in, *between, *out;
  CUDA_OK(cudaMalloc(&in, bytes));
  CUDA_OK(cudaMalloc(&between, bytes));
  CUDA_OK(cudaMalloc(&out, bytes));
  CUDA_OK(cudaMemcpy(in, image.data(), bytes, cudaMemcpyHostToDevice));
  const dim3 block(BLOCK_X, BLOCK_Y),
      grid((width + BLOCK_X - 1) / BLOCK_X, (height + BLOCK_Y - 1) / BLOCK_Y);
  for (int repeat = 0; repeat < 5; ++repeat) {
    blur<true><<<grid, block>>>(in, between, width, height);
    blur<false><<<grid, block>>>(between, out, width, height);
  }
  LAUNCH_OK();
  CUDA_OK(cudaMemcpy(got.data(), out, bytes, cudaMemcpyDeviceToHost));
  double worst = 0.0;
  for (int y = 0; y < height; y += 9)
    for (int x = 0; x < width; x += 11) {
      double exact = 0.0;
      for (int j = -RADIUS; j <= RADIUS; ++j)
        for (int i = -RADIUS; i <= RADIUS; ++i)
          if (y + j >= 0 && y + j < height && x + i >= 0 && x + i < width)
            exact += (double)host_weights[j + RADIUS] * host_weights[i + RADIUS] *
                     image[(y + j) * width + x + i];
      worst = std::fmax(worst, std::fabs(exact - got[y * width + x]));
    }
  expect(worst < 1e-5, "rows, then columns, are the whole blur");
  CUDA_OK(cudaFree(in));
  CUDA_OK(cudaFree(between));
  CUDA_OK(cudaFree(out));
  return verdict();
}
