// A plug-in that uses CUDA: loaded by plugin_host, used, unloaded, and again. Built as a shared object.
#include <cuda_runtime.h>

__global__ void triple(int *value) { *value *= 3; }

// 3·x, or the negated cudaError_t.
extern "C" int plugin_triple(int x) {
  int *device, result = 0;
  cudaError_t error = cudaMalloc(&device, sizeof(int));
  if (error == cudaSuccess)
    error = cudaMemcpy(device, &x, sizeof(int), cudaMemcpyHostToDevice);
  if (error == cudaSuccess)
    triple<<<1, 1>>>(device);
  if (error == cudaSuccess)
    error = cudaMemcpy(&result, device, sizeof(int), cudaMemcpyDeviceToHost);
  if (error == cudaSuccess)
    error = cudaFree(device);
  return error == cudaSuccess ? result : -(int)error;
}
