// The CUDA driver, as a program without nvcc uses it: dlopen("libcuda.so.1"). Whose that is decides
// the environment: LD_LIBRARY_PATH for passthrough, LD_PRELOAD of gpuferry's shim for forwarded.
#pragma once

#include "cuda_api.h"

#define BENCH_API(X)                                                                               \
  X(cuInit)                                                                                        \
  X(cuGetErrorName)                                                                                \
  X(cuDeviceGet)                                                                                   \
  X(cuDevicePrimaryCtxRetain)                                                                      \
  X(cuCtxSetCurrent)                                                                               \
  X(cuCtxSynchronize)                                                                              \
  X(cuCtxGetLimit)                                                                                 \
  X(cuStreamCreate)                                                                                \
  X(cuStreamSynchronize)                                                                           \
  X(cuModuleLoadData)                                                                              \
  X(cuModuleGetFunction)                                                                           \
  X(cuLaunchKernel)                                                                                \
  X(cuMemAlloc_v2)                                                                                 \
  X(cuMemFree_v2)                                                                                  \
  X(cuMemHostAlloc)                                                                                \
  X(cuMemFreeHost)                                                                                 \
  X(cuMemcpyHtoD_v2)                                                                               \
  X(cuMemcpyDtoH_v2)                                                                               \
  X(cuMemcpyHtoDAsync_v2)                                                                          \
  X(cuMemcpyDtoHAsync_v2)                                                                          \
  X(cuMemcpy2D_v2)

struct bench_api {
#define BENCH_MEMBER(name) __typeof__(name) *name;
  BENCH_API(BENCH_MEMBER)
#undef BENCH_MEMBER
};
extern struct bench_api cuda;

/// Loads the library. Ends the program with a message if that cannot be done.
void bench_load_driver(void);

/// Ends the program with a message if a call that every benchmark rests on failed.
void bench_must(CUresult result, const char *what);
#define MUST(call) bench_must((call), #call)

/// What every case finds ready.
struct bench_device {
  CUcontext context;
  CUstream stream;
  CUfunction nothing; ///< a kernel of three pointers and a length that does nothing
};
extern struct bench_device device;

/// cuInit up to a loaded module.
void bench_open_device(void);
