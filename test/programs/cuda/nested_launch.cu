// Dynamic parallelism is not supported: launching a kernel that launches others says so, and the rest of the program
// goes on as if nothing had happened.
#include "common.h"

__global__ void child(int *sum) { atomicAdd(sum, 1); }

__global__ void parent(int *sum) { child<<<1, 32>>>(sum); }

int main() {
  int *sum;
  CUDA_OK(cudaMalloc(&sum, sizeof(int)));
  CUDA_OK(cudaMemset(sum, 0, sizeof(int)));
  for (int i = 0; i < 2; ++i) {
    parent<<<1, 1>>>(sum);
    // The launch itself says so: that is when a driver loads code.
    expect(cudaGetLastError() == cudaErrorNotSupported,
           "a kernel that launches kernels is refused");
    CUDA_OK(cudaDeviceSynchronize());
  }
  child<<<2, 32>>>(sum);
  LAUNCH_OK();
  int got = 0;
  CUDA_OK(cudaMemcpy(&got, sum, sizeof got, cudaMemcpyDeviceToHost));
  expect(got == 64, "one that does not works");
  return verdict();
}
