// Cooperative groups: a launch whose blocks all run at once and meet at grid barriers (an iterative solver step by
// step in one kernel), and groups smaller than a block.
#include "common.h"
#include <cmath>
#include <cooperative_groups.h>
#include <vector>

namespace cg = cooperative_groups;

// Jacobi steps on a rod with fixed ends; without a true grid barrier between steps the result is wrong.
__global__ void relax(float *a, float *b, int n, int steps) {
  cg::grid_group grid = cg::this_grid();
  for (int step = 0; step < steps; ++step) {
    for (int i = grid.thread_rank(); i < n; i += grid.size())
      b[i] = i == 0 || i == n - 1 ? a[i] : 0.5f * (a[i - 1] + a[i + 1]);
    grid.sync();
    float *swap = a;
    a = b;
    b = swap;
  }
}

__global__ void small_groups(int *out) {
  cg::thread_block block = cg::this_thread_block();
  cg::thread_block_tile<8> tile = cg::tiled_partition<8>(block);
  int sum = block.thread_rank();
  for (int offset = tile.size() / 2; offset > 0; offset /= 2)
    sum += tile.shfl_down(sum, offset);
  sum = tile.shfl(sum, 0);
  if (block.thread_rank() % 2 == 0) {
    cg::coalesced_group even = cg::coalesced_threads();
    sum += 1000 * even.size() + 100000 * (even.thread_rank() == 0);
  }
  block.sync();
  out[block.thread_rank()] = sum;
}

bool check_grid() {
  const int n = 1000, steps = 101;
  std::vector<float> rod(n, 0.0f), exact, next(n), got(n);
  rod[0] = 1.0f;
  rod[n - 1] = -2.0f;
  float *a, *b;
  CUDA_OK(cudaMalloc(&a, n * sizeof(float)));
  CUDA_OK(cudaMalloc(&b, n * sizeof(float)));
  CUDA_OK(cudaMemcpy(a, rod.data(), n * sizeof(float), cudaMemcpyHostToDevice));

  int per_multiprocessor = 0, multiprocessors = 0;
  CUDA_OK(cudaOccupancyMaxActiveBlocksPerMultiprocessor(&per_multiprocessor, relax, 64, 0));
  CUDA_OK(cudaDeviceGetAttribute(&multiprocessors, cudaDevAttrMultiProcessorCount, 0));
  int blocks = per_multiprocessor * multiprocessors;
  blocks = blocks < 8 ? blocks : 8;
  int count = n, iterations = steps;
  void *arguments[] = {&a, &b, &count, &iterations};
  CUDA_OK(cudaLaunchCooperativeKernel((void *)relax, dim3(blocks), dim3(64), arguments));
  LAUNCH_OK();
  CUDA_OK(cudaMemcpy(got.data(), steps % 2 ? b : a, n * sizeof(float), cudaMemcpyDeviceToHost));

  exact = rod;
  for (int step = 0; step < steps; ++step) {
    for (int i = 0; i < n; ++i)
      next[i] = i == 0 || i == n - 1 ? exact[i] : 0.5f * (exact[i - 1] + exact[i + 1]);
    exact.swap(next);
  }
  CUDA_OK(cudaFree(a));
  CUDA_OK(cudaFree(b));
  return blocks > 0 && got == exact;
}

int main() {
  int cooperative = 0;
  CUDA_OK(cudaDeviceGetAttribute(&cooperative, cudaDevAttrCooperativeLaunch, 0));
  expect(cooperative == 1, "the device launches cooperatively");
  expect(check_grid(), "101 steps with a grid barrier each");

  // A grid larger than fits at once cannot meet; CUDA says so instead of hanging.
  int n = 0, steps = 0;
  float *none = nullptr;
  void *arguments[] = {&none, &none, &n, &steps};
  const cudaError_t error =
      cudaLaunchCooperativeKernel((void *)relax, dim3(1 << 20), dim3(1024), arguments);
  expect(error == cudaErrorCooperativeLaunchTooLarge, "too large a cooperative grid is refused");
  cudaGetLastError();

  int *out;
  std::vector<int> got(64);
  CUDA_OK(cudaMalloc(&out, 64 * sizeof(int)));
  small_groups<<<1, 64>>>(out);
  LAUNCH_OK();
  CUDA_OK(cudaMemcpy(got.data(), out, 64 * sizeof(int), cudaMemcpyDeviceToHost));
  bool right = true;
  for (int t = 0; t < 64; ++t) {
    const int first = t / 8 * 8, tile_sum = 8 * first + 28;
    right &= got[t] == tile_sum + (t % 2 == 0 ? 16000 + (t % 32 == 0 ? 100000 : 0) : 0);
  }
  expect(right, "tiles of eight and coalesced threads");
  CUDA_OK(cudaFree(out));
  return verdict();
}
