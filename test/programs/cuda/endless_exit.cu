// exit() while a kernel runs that never ends, and work waits behind it: the process must end all the same, soon and with
// this exit code, whatever exit handlers the runtime has. 43 is success.
#include "common.h"
#include <cstdlib>

__global__ void endless(volatile int *stop) {
  while (*stop == 0) {
  }
}

int main() {
  int *stop;
  CUDA_OK(cudaMalloc(&stop, sizeof(int)));
  CUDA_OK(cudaMemset(stop, 0, sizeof(int)));
  CUDA_OK(cudaDeviceSynchronize());
  endless<<<4, 64>>>(stop);
  CUDA_OK(cudaGetLastError());
  for (int i = 0; i < 16; ++i)
    endless<<<1, 32>>>(stop);
  std::printf("PASS\n");
  std::exit(43);
}
