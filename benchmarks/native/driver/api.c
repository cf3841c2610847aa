#include "driver/api.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>

struct bench_api cuda;
struct bench_device device;

// The parameters are those of a usual small kernel, since they travel with every launch.
static const char PTX[] = ".version 7.0\n"
                          ".target sm_75\n"
                          ".address_size 64\n"
                          ".visible .entry nothing(\n"
                          "  .param .u64 nothing_param_0,\n"
                          "  .param .u64 nothing_param_1,\n"
                          "  .param .u64 nothing_param_2,\n"
                          "  .param .u32 nothing_param_3\n"
                          ")\n"
                          "{\n"
                          "  ret;\n"
                          "}\n";

void bench_must(CUresult result, const char *what) {
  if (result == CUDA_SUCCESS)
    return;
  const char *name = "?";
  if (cuda.cuGetErrorName != NULL)
    cuda.cuGetErrorName(result, &name);
  fprintf(stderr, "gpuferry-bench: %s gave %d %s\n", what, (int)result, name);
  exit(1);
}

void bench_load_driver(void) {
  void *library = dlopen("libcuda.so.1", RTLD_NOW);
  if (library == NULL) {
    fprintf(stderr, "gpuferry-bench: %s\n", dlerror());
    exit(1);
  }
#define BENCH_LOOK_UP(name)                                                                        \
  cuda.name = (__typeof__(name) *)dlsym(library, #name);                                           \
  if (cuda.name == NULL) {                                                                         \
    fprintf(stderr, "gpuferry-bench: libcuda.so.1 has no " #name "\n");                            \
    exit(1);                                                                                       \
  }
  BENCH_API(BENCH_LOOK_UP)
#undef BENCH_LOOK_UP
}

void bench_open_device(void) {
  CUdevice ordinal;
  CUmodule module;
  MUST(cuda.cuInit(0));
  MUST(cuda.cuDeviceGet(&ordinal, 0));
  MUST(cuda.cuDevicePrimaryCtxRetain(&device.context, ordinal));
  MUST(cuda.cuCtxSetCurrent(device.context));
  MUST(cuda.cuStreamCreate(&device.stream, CU_STREAM_NON_BLOCKING));
  MUST(cuda.cuModuleLoadData(&module, PTX));
  MUST(cuda.cuModuleGetFunction(&device.nothing, module, "nothing"));
}
