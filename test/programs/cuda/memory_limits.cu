// How much memory there is, that it shrinks and comes back, and that asking for too much fails politely.
#include "common.h"
#include <vector>

int main() {
  size_t free_before, free_now, total;
  CUDA_OK(cudaMemGetInfo(&free_before, &total));
  expect(total > 0 && free_before <= total, "free is at most total");

  void *block;
  const size_t size = 64u << 20;
  CUDA_OK(cudaMalloc(&block, size));
  CUDA_OK(cudaMemGetInfo(&free_now, &total));
  expect(free_before - free_now >= size && free_before - free_now < 2 * size,
         "an allocation shows");
  CUDA_OK(cudaFree(block));
  CUDA_OK(cudaMemGetInfo(&free_now, &total));
  expect(free_now == free_before, "and comes back");

  expect(cudaMalloc(&block, total + 1) == cudaErrorMemoryAllocation, "more than there is");
  expect(cudaGetLastError() == cudaErrorMemoryAllocation, "is an error");
  expect(cudaGetLastError() == cudaSuccess, "that does not stick");

  // Fill the device in eighths until it says no; nothing but the last request may fail.
  std::vector<void *> blocks;
  const size_t eighth = total / 8;
  while (blocks.size() < 9 && cudaMalloc(&block, eighth) == cudaSuccess)
    blocks.push_back(block);
  expect(blocks.size() >= 6 && blocks.size() <= 8, "six to eight eighths fit");
  cudaGetLastError();
  for (void *p : blocks)
    CUDA_OK(cudaFree(p));
  CUDA_OK(cudaMemGetInfo(&free_now, &total));
  expect(free_now == free_before, "all of it comes back");

  size_t pitch = 0;
  CUDA_OK(cudaMallocPitch(&block, &pitch, 1000, 33));
  expect(pitch >= 1000 && pitch % 32 == 0, "rows of a pitched allocation are aligned");
  std::vector<unsigned char> rows(1000 * 33), back(1000 * 33);
  for (size_t i = 0; i < rows.size(); ++i)
    rows[i] = (unsigned char)(i * 7);
  CUDA_OK(cudaMemcpy2D(block, pitch, rows.data(), 1000, 1000, 33, cudaMemcpyHostToDevice));
  CUDA_OK(cudaMemset2D((char *)block + 10, pitch, 0, 5, 33));
  CUDA_OK(cudaMemcpy2D(back.data(), 1000, block, pitch, 1000, 33, cudaMemcpyDeviceToHost));
  bool right = true;
  for (size_t i = 0; i < rows.size(); ++i)
    right &= back[i] == (i % 1000 >= 10 && i % 1000 < 15 ? 0 : rows[i]);
  expect(right, "two-dimensional copy and memset");
  CUDA_OK(cudaFree(block));

  // Stream-ordered allocation, where the device has pools.
  int pools = 0;
  CUDA_OK(cudaDeviceGetAttribute(&pools, cudaDevAttrMemoryPoolsSupported, 0));
  if (pools) {
    int *p, host[4] = {1, 2, 3, 4}, got[4] = {};
    CUDA_OK(cudaMallocAsync(&p, sizeof host, cudaStreamLegacy));
    CUDA_OK(cudaMemcpyAsync(p, host, sizeof host, cudaMemcpyHostToDevice));
    CUDA_OK(cudaMemcpyAsync(got, p, sizeof host, cudaMemcpyDeviceToHost));
    CUDA_OK(cudaFreeAsync(p, cudaStreamLegacy));
    CUDA_OK(cudaDeviceSynchronize());
    expect(got[3] == 4, "stream-ordered allocation");
  }
  return verdict();
}
