// Exclusive prefix sums of any length: scan each block, scan the blocks' totals, add them back.
// Once with the work-efficient tree in shared memory, once with warp shuffles.
#include "common.h"
#include <vector>

constexpr int BLOCK = 256;

// Blelloch's up-sweep and down-sweep over 2·BLOCK elements.
__global__ void scan_tree(const unsigned *in, unsigned *out, unsigned *totals, int n) {
  __shared__ unsigned data[2 * BLOCK];
  const int t = threadIdx.x, base = blockIdx.x * 2 * BLOCK;
  data[2 * t] = base + 2 * t < n ? in[base + 2 * t] : 0;
  data[2 * t + 1] = base + 2 * t + 1 < n ? in[base + 2 * t + 1] : 0;
  int offset = 1;
  for (int active = BLOCK; active > 0; active >>= 1) {
    __syncthreads();
    if (t < active)
      data[offset * (2 * t + 2) - 1] += data[offset * (2 * t + 1) - 1];
    offset *= 2;
  }
  if (t == 0) {
    totals[blockIdx.x] = data[2 * BLOCK - 1];
    data[2 * BLOCK - 1] = 0;
  }
  for (int active = 1; active < 2 * BLOCK; active *= 2) {
    offset >>= 1;
    __syncthreads();
    if (t < active) {
      const int left = offset * (2 * t + 1) - 1, right = offset * (2 * t + 2) - 1;
      const unsigned value = data[left];
      data[left] = data[right];
      data[right] += value;
    }
  }
  __syncthreads();
  if (base + 2 * t < n)
    out[base + 2 * t] = data[2 * t];
  if (base + 2 * t + 1 < n)
    out[base + 2 * t + 1] = data[2 * t + 1];
}

// Warps scan by shuffles, the first warp scans the warps' totals.
__global__ void scan_shuffle(const unsigned *in, unsigned *out, unsigned *totals, int n) {
  __shared__ unsigned warp_totals[2 * BLOCK / 32];
  const int t = threadIdx.x, i = blockIdx.x * blockDim.x + t, lane = t & 31, warp = t >> 5;
  const unsigned value = i < n ? in[i] : 0;
  unsigned sum = value;
  for (int distance = 1; distance < 32; distance *= 2) {
    const unsigned below = __shfl_up_sync(0xFFFFFFFFu, sum, distance);
    if (lane >= distance)
      sum += below;
  }
  if (lane == 31)
    warp_totals[warp] = sum;
  __syncthreads();
  if (warp == 0) {
    unsigned total = lane < (int)blockDim.x / 32 ? warp_totals[lane] : 0;
    for (int distance = 1; distance < 32; distance *= 2) {
      const unsigned below = __shfl_up_sync(0xFFFFFFFFu, total, distance);
      if (lane >= distance)
        total += below;
    }
    if (lane < (int)blockDim.x / 32)
      warp_totals[lane] = total;
  }
  __syncthreads();
  sum += warp > 0 ? warp_totals[warp - 1] : 0;
  if (i < n)
    out[i] = sum - value;
  if (t == (int)blockDim.x - 1)
    totals[blockIdx.x] = sum;
}

__global__ void add_offsets(unsigned *out, const unsigned *offsets, int n, int per_block) {
  const int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i < n)
    out[i] += offsets[i / per_block];
}

using ScanKernel = void (*)(const unsigned *, unsigned *, unsigned *, int);

// Scans `in` to `out` on the device; both kernels take 2·BLOCK elements a block.
void scan(ScanKernel kernel, int threads, const unsigned *in, unsigned *out, int n) {
  const int per_block = 2 * BLOCK, blocks = (n + per_block - 1) / per_block;
  unsigned *totals, *offsets;
  CUDA_OK(cudaMalloc(&totals, blocks * sizeof(unsigned)));
  CUDA_OK(cudaMalloc(&offsets, blocks * sizeof(unsigned)));
  kernel<<<blocks, threads>>>(in, out, totals, n);
  CUDA_OK(cudaGetLastError());
  if (blocks > 1) {
    scan(kernel, threads, totals, offsets, blocks);
    add_offsets<<<(n + BLOCK - 1) / BLOCK, BLOCK>>>(out, offsets, n, per_block);
    CUDA_OK(cudaGetLastError());
  }
  CUDA_OK(cudaFree(totals));
  CUDA_OK(cudaFree(offsets));
}

bool check(ScanKernel kernel, int threads, int n) {
  std::vector<unsigned> input(n), output(n);
  Lcg random(n);
  for (unsigned &x : input)
    x = random.next() & 0xFFF;
  unsigned *in, *out;
  CUDA_OK(cudaMalloc(&in, n * sizeof(unsigned)));
  CUDA_OK(cudaMalloc(&out, n * sizeof(unsigned)));
  CUDA_OK(cudaMemcpy(in, input.data(), n * sizeof(unsigned), cudaMemcpyHostToDevice));
  scan(kernel, threads, in, out, n);
  CUDA_OK(cudaMemcpy(output.data(), out, n * sizeof(unsigned), cudaMemcpyDeviceToHost));
  CUDA_OK(cudaFree(in));
  CUDA_OK(cudaFree(out));
  unsigned sum = 0;
  for (int i = 0; i < n; ++i) {
    if (output[i] != sum)
      return false;
    sum += input[i];
  }
  return true;
}

int main() {
  for (int n : {1, 511, 512, 513, 100'000, 600'001}) {
    char what[64];
    std::snprintf(what, sizeof what, "tree, %d elements", n);
    expect(check(scan_tree, BLOCK, n), what);
    std::snprintf(what, sizeof what, "shuffles, %d elements", n);
    expect(check(scan_shuffle, 2 * BLOCK, n), what);
  }
  return verdict();
}
