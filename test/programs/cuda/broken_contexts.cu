// What breaks a context breaks that one: another goes on, ending the broken one is allowed, and a device that was
// reset computes again. The driver's calls come through the runtime, so that the program links without a libcuda.
#include "common.h"

#include <cassert>
#include <cuda.h>
#include <vector>

#define CU(name) reinterpret_cast<decltype(&::name)>(driver_entry(#name))

void *driver_entry(const char *name) {
  void *entry = nullptr;
  cudaDriverEntryPointQueryResult found;
  CUDA_OK(cudaGetDriverEntryPointByVersion(name, &entry, CUDA_VERSION, cudaEnableDefault, &found));
  return entry;
}

__global__ void write_to(int *where) { *where = 1; }
__global__ void claim(int x) { assert(x == 1); }
__global__ void trap() { __trap(); }
__global__ void leave_shared() {
  extern __shared__ int words[];
  words[threadIdx.x + (1 << 22)] = 1;
}
__global__ void add_one(int *values, int count) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i < count)
    values[i] += 1;
}

__global__ void first_launched_broken(int *value) { *value = 77; }

// Large enough for the shared memory's pipelines, in both directions.
constexpr int kCount = 1 << 20;

bool computes() {
  std::vector<int> values(kCount);
  for (int i = 0; i < kCount; i++)
    values[i] = i;
  int *device = nullptr;
  if (cudaMalloc(&device, kCount * sizeof(int)) != cudaSuccess ||
      cudaMemcpy(device, values.data(), kCount * sizeof(int), cudaMemcpyHostToDevice) !=
          cudaSuccess)
    return false;
  add_one<<<kCount / 256, 256>>>(device, kCount);
  if (cudaMemcpy(values.data(), device, kCount * sizeof(int), cudaMemcpyDeviceToHost) !=
      cudaSuccess)
    return false;
  for (int i = 0; i < kCount; i++)
    if (values[i] != i + 1)
      return false;
  return cudaFree(device) == cudaSuccess;
}

template <typename Break> void recovers(const char *what, cudaError_t error, Break break_it) {
  std::printf("%s\n", what);
  std::vector<int> values(kCount);
  int *device = nullptr;
  CUDA_OK(cudaMalloc(&device, kCount * sizeof(int)));
  break_it();
  expect(cudaDeviceSynchronize() == error, "the error at the synchronisation");
  expect(cudaMemcpy(device, values.data(), kCount * sizeof(int), cudaMemcpyHostToDevice) == error,
         "and from a copy in");
  expect(cudaMemcpy(values.data(), device, kCount * sizeof(int), cudaMemcpyDeviceToHost) == error,
         "and from a copy out");
  expect(cudaMemset(device, 0, 16) == error, "and from a fill");
  expect(cudaFree(device) == error, "and from a free");
  int devices = 0;
  expect(cudaGetDeviceCount(&devices) == cudaSuccess && devices > 0, "the devices can be counted");
  expect(cudaDeviceReset() == cudaSuccess, "the device can be reset");
  cudaGetLastError(); // the runtime's own memory of the error
  expect(computes(), "and computes then");
}

const char *const kModule = R"(
.version 7.0
.target sm_52
.address_size 64
.visible .entry wild(.param .u64 where) {
  .reg .u64 %a;
  .reg .u32 %v;
  ld.param.u64 %a, [where];
  mov.u32 %v, 7;
  st.global.u32 [%a], %v;
  ret;
}
)";

/// A launch of `wild` in the current context, waited for.
CUresult write_wildly(CUdeviceptr where) {
  CUmodule module;
  CUfunction function;
  if (CUresult error = CU(cuModuleLoadData)(&module, kModule))
    return error;
  if (CUresult error = CU(cuModuleGetFunction)(&function, module, "wild"))
    return error;
  void *params[] = {&where};
  if (CUresult error = CU(cuLaunchKernel)(function, 1, 1, 1, 1, 1, 1, 0, nullptr, params, nullptr))
    return error;
  return CU(cuStreamSynchronize)(nullptr);
}

void another_context() {
  std::printf("two contexts\n");
  CUcontext good, bad, popped;
  CUdeviceptr word = 0, other = 0;
  unsigned value = 0;
  expect(CU(cuCtxCreate)(&good, nullptr, 0, 0) == CUDA_SUCCESS, "one");
  expect(CU(cuMemAlloc)(&word, 4) == CUDA_SUCCESS, "with memory");
  expect(CU(cuCtxCreate)(&bad, nullptr, 0, 0) == CUDA_SUCCESS, "another");
  expect(CU(cuMemAlloc)(&other, 4) == CUDA_SUCCESS, "with memory, too");
  expect(write_wildly(0x10) == CUDA_ERROR_ILLEGAL_ADDRESS, "a wild write in the second");
  expect(CU(cuMemsetD32)(other, 1, 1) == CUDA_ERROR_ILLEGAL_ADDRESS, "which is broken");
  expect(CU(cuCtxPopCurrent)(&popped) == CUDA_SUCCESS && popped == bad, "it can be popped");
  expect(write_wildly(word) == CUDA_SUCCESS, "the first launches");
  expect(CU(cuMemcpyDtoH)(&value, word, 4) == CUDA_SUCCESS && value == 7, "and copies");
  expect(CU(cuCtxDestroy)(bad) == CUDA_SUCCESS, "the second can be destroyed");
  expect(CU(cuMemsetD32)(word, 9, 1) == CUDA_SUCCESS, "the first does not mind");
  expect(CU(cuMemcpyDtoH)(&value, word, 4) == CUDA_SUCCESS && value == 9, "nor do its copies");
  expect(CU(cuCtxDestroy)(good) == CUDA_SUCCESS, "and is destroyed");
}

// The runtime looks a kernel up at its first launch, and keeps what it learned.
void met_while_broken() {
  std::printf("a kernel that is first launched in a broken context\n");
  int *device = nullptr, value = 0;
  cudaStream_t stream;
  CUDA_OK(cudaStreamCreate(&stream));
  CUDA_OK(cudaMalloc(&device, sizeof value));
  write_to<<<1, 1>>>((int *)0x10);
  expect(cudaDeviceSynchronize() == cudaErrorIllegalAddress, "the context is broken");
  first_launched_broken<<<1, 1>>>(device);
  expect(cudaGetLastError() == cudaErrorIllegalAddress, "and launches nothing");
  expect(cudaDeviceReset() == cudaSuccess, "the device is reset");
  cudaGetLastError();
  CUDA_OK(cudaMalloc(&device, sizeof value));
  expect(cudaStreamDestroy(stream) != cudaSuccess, "a stream went with the context");
  cudaGetLastError();
  CUDA_OK(cudaStreamCreate(&stream));
  CUDA_OK(cudaStreamDestroy(stream));
  first_launched_broken<<<1, 1>>>(device);
  LAUNCH_OK();
  CUDA_OK(cudaMemcpy(&value, device, sizeof value, cudaMemcpyDeviceToHost));
  expect(value == 77, "and the kernel gets its parameter");
}

int main() {
  recovers("a wild write", cudaErrorIllegalAddress, [] { write_to<<<1, 1>>>((int *)0x10); });
  recovers("shared memory left", cudaErrorIllegalAddress, [] { leave_shared<<<1, 32, 128>>>(); });
  recovers("a trap", cudaErrorLaunchFailure, [] { trap<<<1, 1>>>(); });
  recovers("an assertion", cudaErrorAssert, [] { claim<<<1, 1>>>(2); });
  met_while_broken();
  another_context();
  expect(computes(), "the primary context computes as well");
  return verdict();
}
