// Bottom-up merge sort of key/value pairs: blocks sort tiles in shared memory by rank, then every level merges
// pairs of runs, each thread finding the place of its own element by binary search. Stable.
#include "common.h"
#include <algorithm>
#include <numeric>
#include <vector>

constexpr int TILE = 256;

// How many of sorted `run` come before `key`; of equal keys, those of the left run come first.
__device__ int rank_in(const unsigned *run, int length, unsigned key, bool equal_counts) {
  int low = 0, high = length;
  while (low < high) {
    const int middle = (low + high) / 2;
    if (run[middle] < key || (equal_counts && run[middle] == key))
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

__global__ void sort_tiles(unsigned *keys, unsigned *values, int n) {
  __shared__ unsigned key[2][TILE], value[2][TILE];
  const int t = threadIdx.x, i = blockIdx.x * TILE + t;
  const int count = min(TILE, n - (int)blockIdx.x * TILE);
  if (t < count) {
    key[0][t] = keys[i];
    value[0][t] = values[i];
  }
  int from = 0;
  for (int run = 1; run < TILE; run *= 2, from ^= 1) {
    __syncthreads();
    if (t < count) {
      const int start = t / (2 * run) * (2 * run);
      const bool left = t - start < run;
      const int other = left ? min(start + run, count) : start;
      const int other_length = left ? max(0, min(run, count - other)) : run;
      const int own_rank = left ? t - start : t - start - run;
      const int place =
          start + own_rank + rank_in(key[from] + other, other_length, key[from][t], !left);
      key[from ^ 1][place] = key[from][t];
      value[from ^ 1][place] = value[from][t];
    }
  }
  __syncthreads();
  if (t < count) {
    keys[i] = key[from][t];
    values[i] = value[from][t];
  }
}

__global__ void merge_runs(const unsigned *keys, const unsigned *values, unsigned *keys_out,
                           unsigned *values_out, int run, int n) {
  const int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i >= n)
    return;
  const int start = i / (2 * run) * (2 * run), middle = min(start + run, n);
  const int end = min(start + 2 * run, n);
  const bool left = i < middle;
  const int place =
      left ? i + rank_in(keys + middle, end - middle, keys[i], false)
           : start + (i - middle) + rank_in(keys + start, middle - start, keys[i], true);
  keys_out[place] = keys[i];
  values_out[place] = values[i];
}

bool sorts(int n, unsigned key_mask) {
  std::vector<unsigned> keys(n), values(n);
  Lcg random(n);
  for (unsigned &key : keys)
    key = random.next() & key_mask;
  std::iota(values.begin(), values.end(), 0u);
  std::vector<unsigned> order(values);
  std::stable_sort(order.begin(), order.end(),
                   [&](unsigned a, unsigned b) { return keys[a] < keys[b]; });

  const size_t bytes = n * sizeof(unsigned);
  unsigned *k[2], *v[2];
  for (int side = 0; side < 2; ++side) {
    CUDA_OK(cudaMalloc(&k[side], bytes));
    CUDA_OK(cudaMalloc(&v[side], bytes));
  }
  CUDA_OK(cudaMemcpy(k[0], keys.data(), bytes, cudaMemcpyHostToDevice));
  CUDA_OK(cudaMemcpy(v[0], values.data(), bytes, cudaMemcpyHostToDevice));
  sort_tiles<<<(n + TILE - 1) / TILE, TILE>>>(k[0], v[0], n);
  int from = 0;
  for (int run = TILE; run < n; run *= 2, from ^= 1)
    merge_runs<<<(n + 255) / 256, 256>>>(k[from], v[from], k[from ^ 1], v[from ^ 1], run, n);
  LAUNCH_OK();
  std::vector<unsigned> sorted_keys(n), sorted_values(n);
  CUDA_OK(cudaMemcpy(sorted_keys.data(), k[from], bytes, cudaMemcpyDeviceToHost));
  CUDA_OK(cudaMemcpy(sorted_values.data(), v[from], bytes, cudaMemcpyDeviceToHost));
  for (int side = 0; side < 2; ++side) {
    CUDA_OK(cudaFree(k[side]));
    CUDA_OK(cudaFree(v[side]));
  }
  bool right = sorted_values == order;
  for (int i = 0; i < n; ++i)
    right &= sorted_keys[i] == keys[order[i]];
  return right;
}

int main() {
  expect(sorts(100, 0xFFFF), "less than a tile");
  expect(sorts(256, 0xFFFF), "one tile");
  expect(sorts(65'536, 0xFFFFFF), "a power of two");
  expect(sorts(100'003, 0xFFFFFF), "a length that nothing divides");
  expect(sorts(50'000, 7), "few keys, stable");
  return verdict();
}
