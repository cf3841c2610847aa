// What a kernel printed is there when the copy behind it returns, however short the wait: a copy of each
// kind, many times over, and the program's own line after each.
#include "common.h"

#include <vector>

static constexpr int kRounds = 400;
static constexpr size_t kLargeBytes = 5 << 20;
static constexpr int kLargeEvery = 20;

__global__ void speak(int round) { printf("kernel %d\n", round); }

int main() {
  char *device;
  std::vector<char> large(kLargeBytes);
  CUDA_OK(cudaMalloc(&device, kLargeBytes));
  for (int round = 0; round < kRounds; ++round) {
    const size_t bytes = round % kLargeEvery == 0 ? kLargeBytes : sizeof(int);
    speak<<<1, 1>>>(round);
    // Some find the kernel finished, some running, some just ending.
    for (volatile int spin = 0; spin < round % 50 * 5000; ++spin)
      ;
    if (round % 2 == 0)
      CUDA_OK(cudaMemcpy(large.data(), device, bytes, cudaMemcpyDeviceToHost));
    else
      CUDA_OK(cudaMemcpy(device, large.data(), bytes, cudaMemcpyHostToDevice));
    std::printf("host %d\n", round);
  }
  return verdict();
}
