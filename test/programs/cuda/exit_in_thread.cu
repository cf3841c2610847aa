// exit() from a thread that is not the first, while kernels run and another thread, which has used CUDA too, is
// still there. The process must end, with this exit code, without a crash in any destructor. 41 is success.
#include "common.h"
#include <atomic>
#include <chrono>
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
  std::atomic<bool> used{false};
  std::thread idler([&] {
    busy<<<1, 64>>>(out, 1'000'000);
    used = true;
    std::this_thread::sleep_for(std::chrono::hours(1));
  });
  std::thread leaver([&] {
    while (!used)
      std::this_thread::yield();
    std::printf("PASS\n");
    std::exit(41);
  });
  leaver.join();
  idler.join();
  return 1;
}
