// What the programs about graphs share: a line for each answer, and a kernel to put into nodes.
#pragma once

#include "common.h"

// Prints what a call gave; WRONG where it is not what CUDA documents.
inline void gives(const char *what, cudaError_t got, cudaError_t documented = cudaSuccess) {
  std::printf("  %-52s %3d %s%s\n", what, (int)got, cudaGetErrorName(got),
              got == documented ? "" : "   WRONG");
  checks_failed += got != documented;
  cudaGetLastError();
}

static __global__ void add_to(int *data, int n, int amount) {
  const int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i < n)
    data[i] += amount;
}

struct KernelArgs {
  int *data;
  int n, amount;
  void *pointers[3];

  KernelArgs(int *data, int n, int amount) : data(data), n(n), amount(amount) {
    pointers[0] = &this->data;
    pointers[1] = &this->n;
    pointers[2] = &this->amount;
  }
  KernelArgs(const KernelArgs &) = delete;
  cudaKernelNodeParams params() {
    cudaKernelNodeParams p = {};
    p.func = (void *)add_to;
    p.gridDim = dim3((n + 63) / 64);
    p.blockDim = dim3(64);
    p.kernelParams = pointers;
    return p;
  }
};

inline int first_of(const int *device) {
  int value = -1;
  CUDA_OK(cudaMemcpy(&value, device, sizeof value, cudaMemcpyDeviceToHost));
  return value;
}
