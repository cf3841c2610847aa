// Handles in the wrong context, and contexts that went: the error comes from the call that is wrong, not from a later
// one. The driver's calls come through the runtime, so that the program links without a libcuda.
#include "common.h"
#include <cstring>
#include <cuda.h>
#include <thread>

#define CU(name) reinterpret_cast<decltype(&::name)>(driver_entry(#name))

void *driver_entry(const char *name) {
  void *entry = nullptr;
  cudaDriverEntryPointQueryResult found;
  CUDA_OK(cudaGetDriverEntryPointByVersion(name, &entry, CUDA_VERSION, cudaEnableDefault, &found));
  return entry;
}

const char *const kModule = R"(
.version 7.0
.target sm_52
.address_size 64
.visible .entry nothing() { ret; }
)";

CUresult launch(CUfunction function, CUstream stream) {
  return CU(cuLaunchKernel)(function, 1, 1, 1, 1, 1, 1, 0, stream, nullptr, nullptr);
}

void foreign() {
  std::printf("of another context\n");
  CUcontext first, second;
  CUmodule module;
  CUfunction function;
  CUstream stream;
  CUevent event;
  expect(CU(cuCtxCreate)(&first, nullptr, 0, 0) == CUDA_SUCCESS &&
             CU(cuModuleLoadData)(&module, kModule) == CUDA_SUCCESS &&
             CU(cuModuleGetFunction)(&function, module, "nothing") == CUDA_SUCCESS &&
             CU(cuEventCreate)(&event, 0) == CUDA_SUCCESS &&
             launch(function, nullptr) == CUDA_SUCCESS,
         "a function and an event");
  expect(CU(cuCtxCreate)(&second, nullptr, 0, 0) == CUDA_SUCCESS &&
             CU(cuStreamCreate)(&stream, 0) == CUDA_SUCCESS,
         "a stream of another");
  expect(launch(function, nullptr) == CUDA_ERROR_INVALID_HANDLE, "the function is refused there");
  expect(CU(cuStreamSynchronize)(nullptr) == CUDA_SUCCESS, "and nothing else is");
  expect(CU(cuEventRecord)(event, stream) == CUDA_ERROR_INVALID_HANDLE, "so is the event");
  expect(CU(cuStreamSynchronize)(stream) == CUDA_SUCCESS, "and nothing else is");
  CUcontext popped;
  expect(CU(cuCtxPopCurrent)(&popped) == CUDA_SUCCESS && popped == second, "back in the first");
  expect(launch(function, stream) == CUDA_ERROR_INVALID_HANDLE, "the stream is refused");
  expect(launch(function, nullptr) == CUDA_SUCCESS, "its own stream is not");
  expect(CU(cuCtxDestroy)(second) == CUDA_SUCCESS, "the second goes");
  expect(CU(cuStreamDestroy)(stream) == CUDA_ERROR_INVALID_HANDLE, "its stream with it");
  expect(CU(cuCtxDestroy)(first) == CUDA_SUCCESS, "and the first");
}

void destroyed_elsewhere() {
  std::printf("destroyed by another thread\n");
  CUcontext context, current = nullptr;
  CUdeviceptr memory;
  CUstream stream;
  expect(CU(cuCtxCreate)(&context, nullptr, 0, 0) == CUDA_SUCCESS &&
             CU(cuMemAlloc)(&memory, 4) == CUDA_SUCCESS,
         "a context in use");
  std::thread([&] { expect(CU(cuCtxDestroy)(context) == CUDA_SUCCESS, "is destroyed"); }).join();
  expect(CU(cuCtxGetCurrent)(&current) == CUDA_SUCCESS && current == context,
         "it is still current");
  expect(CU(cuMemAlloc)(&memory, 4) == CUDA_ERROR_CONTEXT_IS_DESTROYED, "and of no use");
  expect(CU(cuStreamCreate)(&stream, 0) == CUDA_ERROR_CONTEXT_IS_DESTROYED, "whatever is asked");
  expect(CU(cuCtxPopCurrent)(&current) == CUDA_SUCCESS && current == context, "it can be popped");
}

// The driver's own names are nobody's to destroy; and the error of earlier work that a load brings along is not the load's.
void default_streams() {
  std::printf("the default streams\n");
  CUcontext context;
  expect(CU(cuCtxCreate)(&context, nullptr, 0, 0) == CUDA_SUCCESS, "a context");
  for (CUstream stream : {(CUstream) nullptr, CU_STREAM_LEGACY, CU_STREAM_PER_THREAD})
    expect(CU(cuStreamDestroy)(stream) == CUDA_ERROR_INVALID_HANDLE, "cannot be destroyed");
  CUdeviceptr memory;
  expect(CU(cuMemAlloc)(&memory, 64) == CUDA_SUCCESS &&
             CU(cuMemsetD8Async)(memory, 1, 64, CU_STREAM_PER_THREAD) == CUDA_SUCCESS &&
             CU(cuStreamSynchronize)(CU_STREAM_PER_THREAD) == CUDA_SUCCESS,
         "and are used as before");
  expect(CU(cuCtxDestroy)(context) == CUDA_SUCCESS, "the context goes");
}

void images() {
  std::printf("images that are none\n");
  CUcontext context;
  expect(CU(cuCtxCreate)(&context, nullptr, 0, 0) == CUDA_SUCCESS, "a context");
  // The header of a fat binary of a terabyte.
  alignas(16) char fatbin[64] = {};
  const unsigned head[] = {0xba55ed50, 0x00100001};
  const unsigned long long bytes = 1ull << 40;
  std::memcpy(fatbin, head, sizeof head);
  std::memcpy(fatbin + sizeof head, &bytes, sizeof bytes);
  char log[64];
  std::memset(log, 'x', sizeof log);
  CUjit_option options[] = {CU_JIT_ERROR_LOG_BUFFER, CU_JIT_ERROR_LOG_BUFFER_SIZE_BYTES};
  void *values[] = {log, (void *)sizeof log};
  CUmodule module;
  expect(CU(cuModuleLoadDataEx)(&module, fatbin, 2, options, values) == CUDA_ERROR_INVALID_IMAGE,
         "one that is longer than memory");
  expect(std::memchr(log, 0, sizeof log) != nullptr && (size_t)values[1] < sizeof log,
         "its log is text");
  expect(CU(cuModuleLoad)(&module, "/dev/null") == CUDA_ERROR_INVALID_IMAGE, "an empty file");
  expect(CU(cuModuleLoad)(&module, "/nonexistent") == CUDA_ERROR_FILE_NOT_FOUND, "none at all");
  expect(CU(cuCtxDestroy)(context) == CUDA_SUCCESS, "the context goes");
}

int main() {
  CUDA_OK(cudaFree(nullptr));
  foreign();
  destroyed_elsewhere();
  default_streams();
  images();
  return verdict();
}
