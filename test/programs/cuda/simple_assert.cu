// A failing assert in a kernel: CUDA prints which threads failed on stderr, the synchronisation gives
// cudaErrorAssert, and the context stays broken from then on.
#undef NDEBUG
#include "common.h"
#include <cassert>

__global__ void all_below(int limit) {
  const int i = blockIdx.x * blockDim.x + threadIdx.x;
  assert(i < limit);
}

int main() {
  all_below<<<2, 32>>>(64);
  expect(cudaDeviceSynchronize() == cudaSuccess, "an assert that holds");
  all_below<<<2, 32>>>(60);
  const cudaError_t error = cudaDeviceSynchronize();
  std::printf("  %d %s: %s\n", (int)error, cudaGetErrorName(error), cudaGetErrorString(error));
  expect(error == cudaErrorAssert, "an assert that fails gives 710");
  expect(cudaGetLastError() == cudaErrorAssert, "and is the last error");
  void *p = nullptr;
  expect(cudaMalloc(&p, 16) == cudaErrorAssert, "the context stays broken");
  return verdict();
}
