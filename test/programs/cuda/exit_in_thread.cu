// exit() from a thread that is not the first, while kernels run and another thread waits for them. The process must
// end, with this exit code, without a crash in any destructor. 41 is this program's success.
#include "common.h"
#include <thread>

__global__ void busy(int *out, int rounds) {
  int x = threadIdx.x;
  for (int k = 0; k < rounds; ++k)
    x = x * 1664525 + 1013904223;
  out[threadIdx.x] = x;
}

int main() {
  int *out;
  CUDA_OK(cudaMalloc(&out, 64 * sizeof(int)));
  busy<<<1, 64>>>(out, 10);
  LAUNCH_OK();
  for (int i = 0; i < 8; ++i)
    busy<<<1, 64>>>(out, 1'000'000);
  std::thread waiter([] { cudaDeviceSynchronize(); });
  std::thread leaver([] {
    std::printf("PASS\n");
    std::exit(41);
  });
  leaver.join();
  waiter.join();
  return 1;
}
