// What goes wrong in real programs, with the code that CUDA documents for each. The last case breaks the context.
// Every code is printed, so that a forwarded run can be compared with a direct one word for word.
#include "common.h"

__global__ void nothing() {}
__global__ void __launch_bounds__(64) at_most_64() {}
__global__ void write_to(int *where) { *where = 1; }
__global__ void use_shared() {
  extern __shared__ char dynamic[];
  dynamic[threadIdx.x] = 0;
}

void gives(const char *what, cudaError_t got, cudaError_t documented) {
  std::printf("  %-44s %3d %s%s\n", what, (int)got, cudaGetErrorName(got),
              got == documented ? "" : "   WRONG");
  checks_failed += got != documented;
}

// Runtimes before 13.0 check a launch's shape themselves and say so; later ones hand on what the driver says.
void refuses_shape(const char *what, cudaError_t got) {
  gives(what, got,
        got == cudaErrorInvalidConfiguration ? cudaErrorInvalidConfiguration
                                             : cudaErrorInvalidValue);
}

cudaError_t launch(dim3 grid, dim3 block, size_t shared = 0) {
  use_shared<<<grid, block, shared>>>();
  return cudaGetLastError();
}

void launches() {
  refuses_shape("no threads", launch(1, 0));
  refuses_shape("no blocks", launch(0, 1));
  refuses_shape("1025 threads in a block", launch(1, 1025));
  refuses_shape("a block 65 deep", launch(1, dim3(1, 1, 65)));
  refuses_shape("a grid 65536 high", launch(dim3(1, 65536), 1));
  at_most_64<<<1, 65>>>();
  gives("65 threads of a kernel bounded to 64", cudaGetLastError(), cudaErrorInvalidValue);
  gives("a gigabyte of shared memory", launch(1, 1, 1u << 30), cudaErrorInvalidValue);
  gives("shared memory over 48 KiB, not asked for", launch(1, 1, 50 * 1024), cudaErrorInvalidValue);
  gives("asking for it",
        cudaFuncSetAttribute(use_shared, cudaFuncAttributeMaxDynamicSharedMemorySize, 50 * 1024),
        cudaSuccess);
  gives("then it launches", launch(1, 1, 50 * 1024), cudaSuccess);
  gives("a launch that was refused", launch(1, 1, 1u << 30), cudaErrorInvalidValue);
  gives("is forgotten once it was told", cudaGetLastError(), cudaSuccess);
}

void memory() {
  int *p = nullptr, host[16] = {};
  gives("freeing nothing", cudaFree(nullptr), cudaSuccess);
  gives("freeing a host variable", cudaFree(host), cudaErrorInvalidValue);
  CUDA_OK(cudaMalloc(&p, 16 * sizeof(int)));
  gives("freeing the middle", cudaFree(p + 4), cudaErrorInvalidValue);
  gives("freeing once", cudaFree(p), cudaSuccess);
  gives("freeing twice", cudaFree(p), cudaErrorInvalidValue);
  gives("an exabyte", cudaMalloc(&p, 1ull << 60), cudaErrorMemoryAllocation);
  CUDA_OK(cudaMalloc(&p, 16 * sizeof(int)));
  gives("a copy in no direction", cudaMemcpy(p, host, 16, (cudaMemcpyKind)77),
        cudaErrorInvalidMemcpyDirection);
  gives("a copy over the end", cudaMemcpy(p, host, 1ull << 40, cudaMemcpyHostToDevice),
        cudaErrorInvalidValue);
  gives("a copy to a freed pointer", (cudaFree(p), cudaMemcpy(p, host, 16, cudaMemcpyHostToDevice)),
        cudaErrorInvalidValue);
  gives("a symbol that is none", cudaMemcpyToSymbol((const void *)host, host, 4),
        cudaErrorInvalidSymbol);
  cudaGetLastError();
}

void handles() {
  gives("device 99", cudaSetDevice(99), cudaErrorInvalidDevice);
  gives("device -1", cudaSetDevice(-1), cudaErrorInvalidDevice);
  cudaDeviceProp properties;
  gives("properties of device 99", cudaGetDeviceProperties(&properties, 99),
        cudaErrorInvalidDevice);
  cudaStream_t stream;
  gives("a stream with made-up flags", cudaStreamCreateWithFlags(&stream, 0xF0),
        cudaErrorInvalidValue);
  cudaEvent_t event, other;
  gives("an event with made-up flags", cudaEventCreateWithFlags(&event, 0xF0),
        cudaErrorInvalidValue);
  CUDA_OK(cudaEventCreate(&event));
  CUDA_OK(cudaEventCreateWithFlags(&other, cudaEventDisableTiming));
  float ms;
  gives("time of events not recorded", cudaEventElapsedTime(&ms, event, event),
        cudaErrorInvalidResourceHandle);
  CUDA_OK(cudaEventRecord(event));
  CUDA_OK(cudaEventRecord(other));
  CUDA_OK(cudaDeviceSynchronize());
  gives("time of an event without timing", cudaEventElapsedTime(&ms, event, other),
        cudaErrorInvalidResourceHandle);
  gives("querying an event not recorded",
        (cudaEventDestroy(other), cudaEventCreate(&other), cudaEventQuery(other)), cudaSuccess);
  cudaEventDestroy(event);
  cudaEventDestroy(other);
  cudaGetLastError();
}

void breaking_the_context() {
  write_to<<<1, 1>>>((int *)0x10);
  gives("a wild write, at the launch", cudaGetLastError(), cudaSuccess);
  gives("at the synchronisation", cudaDeviceSynchronize(), cudaErrorIllegalAddress);
  gives("again", cudaDeviceSynchronize(), cudaErrorIllegalAddress);
  int *p;
  gives("an allocation afterwards", cudaMalloc(&p, 16), cudaErrorIllegalAddress);
  nothing<<<1, 1>>>();
  gives("a launch afterwards", cudaGetLastError(), cudaErrorIllegalAddress);
  gives("a synchronisation at the end", cudaDeviceSynchronize(), cudaErrorIllegalAddress);
}

int main() {
  launches();
  memory();
  handles();
  breaking_the_context();
  return verdict();
}
