// Transposing a matrix six ways, from the naive one to tiles without bank conflicts and diagonal block order.
#include "common.h"
#include <vector>

constexpr int TILE = 32, ROWS = 8;

__global__ void copy_only(float *out, const float *in, int width, int) {
  const int x = blockIdx.x * TILE + threadIdx.x, y = blockIdx.y * TILE + threadIdx.y;
  for (int j = 0; j < TILE; j += ROWS)
    out[(y + j) * width + x] = in[(y + j) * width + x];
}

__global__ void naive(float *out, const float *in, int width, int height) {
  const int x = blockIdx.x * TILE + threadIdx.x, y = blockIdx.y * TILE + threadIdx.y;
  for (int j = 0; j < TILE; j += ROWS)
    out[x * height + y + j] = in[(y + j) * width + x];
}

template <int PAD> __global__ void tiled(float *out, const float *in, int width, int height) {
  __shared__ float tile[TILE][TILE + PAD];
  int x = blockIdx.x * TILE + threadIdx.x, y = blockIdx.y * TILE + threadIdx.y;
  for (int j = 0; j < TILE; j += ROWS)
    tile[threadIdx.y + j][threadIdx.x] = in[(y + j) * width + x];
  __syncthreads();
  x = blockIdx.y * TILE + threadIdx.x;
  y = blockIdx.x * TILE + threadIdx.y;
  for (int j = 0; j < TILE; j += ROWS)
    out[(y + j) * height + x] = tile[threadIdx.x][threadIdx.y + j];
}

__global__ void diagonal(float *out, const float *in, int width, int height) {
  __shared__ float tile[TILE][TILE + 1];
  const int linear = blockIdx.x + gridDim.x * blockIdx.y;
  const int block_y = linear % gridDim.y;
  const int block_x = (linear / gridDim.y + block_y) % gridDim.x;
  int x = block_x * TILE + threadIdx.x, y = block_y * TILE + threadIdx.y;
  for (int j = 0; j < TILE; j += ROWS)
    tile[threadIdx.y + j][threadIdx.x] = in[(y + j) * width + x];
  __syncthreads();
  x = block_y * TILE + threadIdx.x;
  y = block_x * TILE + threadIdx.y;
  for (int j = 0; j < TILE; j += ROWS)
    out[(y + j) * height + x] = tile[threadIdx.x][threadIdx.y + j];
}

// One warp transposes inside of its own registers' tile by shuffles, without shared memory: 32 by 32.
__global__ void by_shuffles(float *out, const float *in, int width, int height) {
  const int lane = threadIdx.x;
  float row[TILE];
  for (int j = 0; j < TILE; ++j)
    row[j] = in[(blockIdx.y * TILE + j) * width + blockIdx.x * TILE + lane];
#pragma unroll
  for (int size = TILE / 2; size > 0; size /= 2) {
    const bool upper = lane & size;
#pragma unroll
    for (int j = 0; j < TILE; ++j) {
      if (j & size)
        continue;
      const float give = upper ? row[j] : row[j + size];
      const float got = __shfl_xor_sync(0xFFFFFFFFu, give, size);
      if (upper)
        row[j] = got;
      else
        row[j + size] = got;
    }
  }
  for (int j = 0; j < TILE; ++j)
    out[(blockIdx.x * TILE + j) * height + blockIdx.y * TILE + lane] = row[j];
}

int main() {
  const int width = 512, height = 320;
  const size_t count = (size_t)width * height, bytes = count * sizeof(float);
  std::vector<float> input(count), output(count), turned(count);
  for (size_t i = 0; i < count; ++i)
    input[i] = (float)i;
  for (int y = 0; y < height; ++y)
    for (int x = 0; x < width; ++x)
      turned[x * height + y] = input[y * width + x];
  float *in, *out;
  CUDA_OK(cudaMalloc(&in, bytes));
  CUDA_OK(cudaMalloc(&out, bytes));
  CUDA_OK(cudaMemcpy(in, input.data(), bytes, cudaMemcpyHostToDevice));

  struct Way {
    const char *name;
    void (*kernel)(float *, const float *, int, int);
    const std::vector<float> *exact;
    dim3 block;
  };
  const dim3 wide(TILE, ROWS), warp(TILE);
  const Way ways[] = {
      {"copy", copy_only, &input, wide},     {"naive", naive, &turned, wide},
      {"tiled", tiled<0>, &turned, wide},    {"tiled, padded", tiled<1>, &turned, wide},
      {"diagonal", diagonal, &turned, wide}, {"by shuffles", by_shuffles, &turned, warp},
  };
  for (const Way &way : ways) {
    CUDA_OK(cudaMemset(out, 0, bytes));
    way.kernel<<<dim3(width / TILE, height / TILE), way.block>>>(out, in, width, height);
    LAUNCH_OK();
    CUDA_OK(cudaMemcpy(output.data(), out, bytes, cudaMemcpyDeviceToHost));
    expect(output == *way.exact, way.name);
  }
  CUDA_OK(cudaFree(in));
  CUDA_OK(cudaFree(out));
  return verdict();
}
