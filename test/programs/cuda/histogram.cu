// Byte histograms: 64 bins with a private byte counter for every thread, 256 bins with shared atomics a warp,
// and 256 bins straight with global atomics as the reference on the device.
#include "common.h"
#include <cstdint>
#include <vector>

constexpr int THREADS_64 = 64;
constexpr int WARPS_256 = 6;
constexpr int THREADS_256 = WARPS_256 * 32;

// A byte counter overflows at 256, so a thread may look at 63 words of 4 values and no more.
constexpr int WORDS_64 = 63;

__global__ void histogram64(const uint32_t *words, unsigned *bins, int word_count) {
  __shared__ uint8_t counters[64 * THREADS_64];
  for (int bin = 0; bin < 64; ++bin)
    counters[bin * THREADS_64 + threadIdx.x] = 0;
  __syncthreads();
  const int base = blockIdx.x * THREADS_64 * WORDS_64;
  for (int k = 0; k < WORDS_64; ++k) {
    const int i = base + k * THREADS_64 + threadIdx.x;
    if (i >= word_count)
      break;
    const uint32_t word = words[i];
    for (int shift = 2; shift < 32; shift += 8)
      counters[((word >> shift) & 63) * THREADS_64 + threadIdx.x]++;
  }
  __syncthreads();
  // Thread t owns bin t; it starts at another column than its neighbours to spread over the banks.
  unsigned sum = 0;
  for (int k = 0; k < THREADS_64; ++k)
    sum += counters[threadIdx.x * THREADS_64 + ((k + threadIdx.x) & (THREADS_64 - 1))];
  atomicAdd(&bins[threadIdx.x], sum);
}

__global__ void histogram256(const uint32_t *words, unsigned *bins, int word_count) {
  __shared__ unsigned counters[WARPS_256 * 256];
  for (int i = threadIdx.x; i < WARPS_256 * 256; i += THREADS_256)
    counters[i] = 0;
  __syncthreads();
  unsigned *mine = counters + (threadIdx.x / 32) * 256;
  for (int i = blockIdx.x * THREADS_256 + threadIdx.x; i < word_count;
       i += gridDim.x * THREADS_256) {
    const uint32_t word = words[i];
    for (int shift = 0; shift < 32; shift += 8)
      atomicAdd(&mine[(word >> shift) & 255], 1u);
  }
  __syncthreads();
  for (int bin = threadIdx.x; bin < 256; bin += THREADS_256) {
    unsigned sum = 0;
    for (int warp = 0; warp < WARPS_256; ++warp)
      sum += counters[warp * 256 + bin];
    atomicAdd(&bins[bin], sum);
  }
}

__global__ void histogram_global(const uint8_t *bytes, unsigned *bins, int count) {
  const int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i < count)
    atomicAdd(&bins[bytes[i]], 1u);
}

int main() {
  const int word_count = 200'003, count = word_count * 4;
  std::vector<uint8_t> bytes(count);
  Lcg random(11);
  for (uint8_t &x : bytes) // squared, so that the bins differ
    x = (uint8_t)(random.unit() * random.unit() * 256.0f);
  std::vector<unsigned> exact64(64), exact256(256);
  for (uint8_t x : bytes) {
    exact64[x >> 2]++;
    exact256[x]++;
  }

  uint8_t *device_bytes;
  unsigned *device_bins;
  CUDA_OK(cudaMalloc(&device_bytes, count));
  CUDA_OK(cudaMalloc(&device_bins, 256 * sizeof(unsigned)));
  CUDA_OK(cudaMemcpy(device_bytes, bytes.data(), count, cudaMemcpyHostToDevice));
  auto words = reinterpret_cast<const uint32_t *>(device_bytes);

  auto bins_of = [&](int bins, auto launch) {
    CUDA_OK(cudaMemset(device_bins, 0, 256 * sizeof(unsigned)));
    launch();
    CUDA_OK(cudaGetLastError());
    std::vector<unsigned> result(bins);
    CUDA_OK(
        cudaMemcpy(result.data(), device_bins, bins * sizeof(unsigned), cudaMemcpyDeviceToHost));
    return result;
  };
  const int per_block = THREADS_64 * WORDS_64;
  expect(bins_of(64,
                 [&] {
                   histogram64<<<(word_count + per_block - 1) / per_block, THREADS_64>>>(
                       words, device_bins, word_count);
                 }) == exact64,
         "64 bins, private byte counters");
  expect(bins_of(256, [&] { histogram256<<<48, THREADS_256>>>(words, device_bins, word_count); }) ==
             exact256,
         "256 bins, shared atomics per warp");
  expect(bins_of(256,
                 [&] {
                   histogram_global<<<(count + 255) / 256, 256>>>(device_bytes, device_bins, count);
                 }) == exact256,
         "256 bins, global atomics");
  CUDA_OK(cudaFree(device_bytes));
  CUDA_OK(cudaFree(device_bins));
  return verdict();
}
