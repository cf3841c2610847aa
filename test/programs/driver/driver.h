// The CUDA driver API as these programs need it, declared here so that they build on a machine without any CUDA:
// `libcuda.so.1` is opened at run time, as applications that can also run without a GPU do it.
#ifndef DRIVER_H
#define DRIVER_H

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef int CUresult;
typedef int CUdevice;
typedef unsigned long long CUdeviceptr;
typedef struct CUctx_st *CUcontext;
typedef struct CUmod_st *CUmodule;
typedef struct CUfunc_st *CUfunction;
typedef struct CUstream_st *CUstream;
typedef struct CUevent_st *CUevent;

enum {
  CUDA_SUCCESS = 0,
  CUDA_ERROR_INVALID_VALUE = 1,
  CUDA_ERROR_OUT_OF_MEMORY = 2,
  CUDA_ERROR_NOT_INITIALIZED = 3,
  CUDA_ERROR_INVALID_DEVICE = 101,
  CUDA_ERROR_INVALID_CONTEXT = 201,
  CUDA_ERROR_INVALID_PTX = 218,
  CUDA_ERROR_INVALID_HANDLE = 400,
  CUDA_ERROR_NOT_FOUND = 500,
  CUDA_ERROR_NOT_READY = 600,
  CUDA_ERROR_ILLEGAL_ADDRESS = 700,
};

enum { CU_DEVICE_ATTRIBUTE_PCI_BUS_ID = 33 };

// name, symbol (the driver keeps old ABIs under the plain names), parameters
#define DRIVER_FUNCTIONS(F)                                                                        \
  F(cuInit, "cuInit", (unsigned))                                                                  \
  F(cuDriverGetVersion, "cuDriverGetVersion", (int *))                                             \
  F(cuDeviceGetCount, "cuDeviceGetCount", (int *))                                                 \
  F(cuDeviceGet, "cuDeviceGet", (CUdevice *, int))                                                 \
  F(cuDeviceGetName, "cuDeviceGetName", (char *, int, CUdevice))                                   \
  F(cuDeviceGetAttribute, "cuDeviceGetAttribute", (int *, int, CUdevice))                          \
  F(cuCtxCreate, "cuCtxCreate_v2", (CUcontext *, unsigned, CUdevice))                              \
  F(cuCtxDestroy, "cuCtxDestroy_v2", (CUcontext))                                                  \
  F(cuCtxGetCurrent, "cuCtxGetCurrent", (CUcontext *))                                             \
  F(cuCtxSetCurrent, "cuCtxSetCurrent", (CUcontext))                                               \
  F(cuCtxPushCurrent, "cuCtxPushCurrent_v2", (CUcontext))                                          \
  F(cuCtxPopCurrent, "cuCtxPopCurrent_v2", (CUcontext *))                                          \
  F(cuCtxSynchronize, "cuCtxSynchronize", (void))                                                  \
  F(cuMemAlloc, "cuMemAlloc_v2", (CUdeviceptr *, size_t))                                          \
  F(cuMemFree, "cuMemFree_v2", (CUdeviceptr))                                                      \
  F(cuMemcpyHtoD, "cuMemcpyHtoD_v2", (CUdeviceptr, const void *, size_t))                          \
  F(cuMemcpyDtoH, "cuMemcpyDtoH_v2", (void *, CUdeviceptr, size_t))                                \
  F(cuMemcpyHtoDAsync, "cuMemcpyHtoDAsync_v2", (CUdeviceptr, const void *, size_t, CUstream))      \
  F(cuMemcpyDtoHAsync, "cuMemcpyDtoHAsync_v2", (void *, CUdeviceptr, size_t, CUstream))            \
  F(cuMemsetD32, "cuMemsetD32_v2", (CUdeviceptr, unsigned, size_t))                                \
  F(cuMemsetD8Async, "cuMemsetD8Async", (CUdeviceptr, unsigned char, size_t, CUstream))            \
  F(cuMemGetInfo, "cuMemGetInfo_v2", (size_t *, size_t *))                                         \
  F(cuMemGetAddressRange, "cuMemGetAddressRange_v2", (CUdeviceptr *, size_t *, CUdeviceptr))       \
  F(cuMemHostAlloc, "cuMemHostAlloc", (void **, size_t, unsigned))                                 \
  F(cuMemAllocManaged, "cuMemAllocManaged", (CUdeviceptr *, size_t, unsigned))                     \
  F(cuPointerGetAttribute, "cuPointerGetAttribute", (void *, int, CUdeviceptr))                    \
  F(cuPointerSetAttribute, "cuPointerSetAttribute", (const void *, int, CUdeviceptr))              \
  F(cuMemFreeHost, "cuMemFreeHost", (void *))                                                      \
  F(cuModuleLoadData, "cuModuleLoadData", (CUmodule *, const void *))                              \
  F(cuModuleLoadDataEx, "cuModuleLoadDataEx",                                                      \
    (CUmodule *, const void *, unsigned, int *, void **))                                          \
  F(cuModuleUnload, "cuModuleUnload", (CUmodule))                                                  \
  F(cuModuleGetFunction, "cuModuleGetFunction", (CUfunction *, CUmodule, const char *))            \
  F(cuModuleGetGlobal, "cuModuleGetGlobal_v2", (CUdeviceptr *, size_t *, CUmodule, const char *))  \
  F(cuFuncGetAttribute, "cuFuncGetAttribute", (int *, int, CUfunction))                            \
  F(cuLaunchKernel, "cuLaunchKernel",                                                              \
    (CUfunction, unsigned, unsigned, unsigned, unsigned, unsigned, unsigned, unsigned, CUstream,   \
     void **, void **))                                                                            \
  F(cuStreamCreate, "cuStreamCreate", (CUstream *, unsigned))                                      \
  F(cuStreamDestroy, "cuStreamDestroy_v2", (CUstream))                                             \
  F(cuStreamSynchronize, "cuStreamSynchronize", (CUstream))                                        \
  F(cuStreamQuery, "cuStreamQuery", (CUstream))                                                    \
  F(cuStreamWaitEvent, "cuStreamWaitEvent", (CUstream, CUevent, unsigned))                         \
  F(cuLaunchHostFunc, "cuLaunchHostFunc", (CUstream, void (*)(void *), void *))                    \
  F(cuEventCreate, "cuEventCreate", (CUevent *, unsigned))                                         \
  F(cuEventDestroy, "cuEventDestroy_v2", (CUevent))                                                \
  F(cuEventRecord, "cuEventRecord", (CUevent, CUstream))                                           \
  F(cuEventSynchronize, "cuEventSynchronize", (CUevent))                                           \
  F(cuEventQuery, "cuEventQuery", (CUevent))                                                       \
  F(cuEventElapsedTime, "cuEventElapsedTime", (float *, CUevent, CUevent))                         \
  F(cuGetErrorName, "cuGetErrorName", (CUresult, const char **))

#define DECLARE(name, symbol, parameters) static CUresult(*name) parameters;
DRIVER_FUNCTIONS(DECLARE)
#undef DECLARE

static int checks_failed;

static inline int expect(int holds, const char *what) {
  printf("  %-44s %s\n", what, holds ? "ok" : "WRONG");
  checks_failed += !holds;
  return holds;
}

static inline const char *error_name(CUresult result) {
  const char *name = NULL;
  return cuGetErrorName(result, &name) == CUDA_SUCCESS && name != NULL ? name : "?";
}

#define CU_OK(call)                                                                                \
  do {                                                                                             \
    CUresult result_ = (call);                                                                     \
    if (result_ != CUDA_SUCCESS) {                                                                 \
      printf("%s:%d: %s gave %d %s\nFAIL\n", __FILE__, __LINE__, #call, result_,                   \
             error_name(result_));                                                                 \
      exit(1);                                                                                     \
    }                                                                                              \
  } while (0)

static inline int verdict(void) {
  printf(checks_failed == 0 ? "PASS\n" : "FAIL\n");
  return checks_failed == 0 ? 0 : 1;
}

static inline void load_driver(void) {
  void *library = dlopen("libcuda.so.1", RTLD_NOW);
  if (library == NULL) {
    printf("%s\nFAIL\n", dlerror());
    exit(1);
  }
#define RESOLVE(name, symbol, parameters)                                                          \
  *(void **)&name = dlsym(library, symbol);                                                        \
  if (name == NULL) {                                                                              \
    printf("libcuda.so.1 lacks %s\nFAIL\n", symbol);                                               \
    exit(1);                                                                                       \
  }
  DRIVER_FUNCTIONS(RESOLVE)
#undef RESOLVE
}

static inline CUcontext start_driver(void) {
  CUdevice device;
  CUcontext context;
  load_driver();
  CU_OK(cuInit(0));
  CU_OK(cuDeviceGet(&device, 0));
  CU_OK(cuCtxCreate(&context, 0, device));
  return context;
}

// The text of a file that lies beside the program, NUL-terminated.
static inline char *read_beside(const char *program, const char *file) {
  char path[4096];
  const char *slash = strrchr(program, '/');
  snprintf(path, sizeof path, "%.*s%s", slash == NULL ? 0 : (int)(slash - program + 1), program,
           file);
  FILE *in = fopen(path, "rb");
  if (in == NULL) {
    printf("cannot read %s\nFAIL\n", path);
    exit(1);
  }
  fseek(in, 0, SEEK_END);
  const long size = ftell(in);
  rewind(in);
  char *text = malloc((size_t)size + 1);
  if (text == NULL || fread(text, 1, (size_t)size, in) != (size_t)size)
    exit(1);
  text[size] = 0;
  fclose(in);
  return text;
}

static inline CUmodule load_beside(const char *program, const char *file) {
  CUmodule module;
  char *text = read_beside(program, file);
  CU_OK(cuModuleLoadData(&module, text));
  free(text);
  return module;
}

#endif
