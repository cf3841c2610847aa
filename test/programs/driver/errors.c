// The driver API's own answers to mistakes, from calls before cuInit to a kernel that breaks its context.
#include "driver.h"

static void gives(const char *what, CUresult got, CUresult documented) {
  printf("  %-44s %3d %s%s\n", what, got, error_name(got), got == documented ? "" : "   WRONG");
  checks_failed += got != documented;
}

int main(int argc, char **argv) {
  (void)argc;
  CUdevice device;
  CUcontext context, current;
  CUdeviceptr memory, base;
  CUfunction wild;
  int count = 0, value;
  size_t size;
  load_driver();
  gives("counting before cuInit", cuDeviceGetCount(&count), CUDA_ERROR_NOT_INITIALIZED);
  gives("cuInit with flags", cuInit(1), CUDA_ERROR_INVALID_VALUE);
  gives("cuInit", cuInit(0), CUDA_SUCCESS);
  CU_OK(cuDeviceGetCount(&count));
  gives("a device too many", cuDeviceGet(&device, count), CUDA_ERROR_INVALID_DEVICE);
  CU_OK(cuDeviceGet(&device, 0));
  gives("an attribute that is none", cuDeviceGetAttribute(&value, 100000, device),
        CUDA_ERROR_INVALID_VALUE);
  gives("memory without a context", cuMemAlloc(&memory, 16), CUDA_ERROR_INVALID_CONTEXT);
  CU_OK(cuCtxCreate(&context, 0, device));

  gives("no bytes", cuMemAlloc(&memory, 0), CUDA_ERROR_INVALID_VALUE);
  gives("an exabyte", cuMemAlloc(&memory, 1ull << 60), CUDA_ERROR_OUT_OF_MEMORY);
  gives("freeing what was never had", cuMemFree(0x1234567), CUDA_ERROR_INVALID_VALUE);
  CU_OK(cuMemAlloc(&memory, 1000));
  gives("the range of an address inside", cuMemGetAddressRange(&base, &size, memory + 500),
        CUDA_SUCCESS);
  expect(base == memory && size >= 1000, "is its allocation");
  gives("a copy over the end", cuMemcpyHtoD(memory, &count, 1ull << 40), CUDA_ERROR_INVALID_VALUE);

  CUmodule module = load_beside(argv[0], "kernels.ptx");
  CU_OK(cuModuleGetFunction(&wild, module, "wild"));
  gives("no threads", cuLaunchKernel(wild, 1, 1, 1, 0, 1, 1, 0, NULL, NULL, NULL),
        CUDA_ERROR_INVALID_VALUE);
  gives("too many threads", cuLaunchKernel(wild, 1, 1, 1, 2048, 1, 1, 0, NULL, NULL, NULL),
        CUDA_ERROR_INVALID_VALUE);

  CU_OK(cuCtxPopCurrent(&current));
  expect(current == context, "the popped context is the one created");
  gives("a synchronisation without a context", cuCtxSynchronize(), CUDA_ERROR_INVALID_CONTEXT);
  CU_OK(cuCtxPushCurrent(context));

  gives("a wild write, at the launch", cuLaunchKernel(wild, 1, 1, 1, 1, 1, 1, 0, NULL, NULL, NULL),
        CUDA_SUCCESS);
  gives("at the synchronisation", cuCtxSynchronize(), CUDA_ERROR_ILLEGAL_ADDRESS);
  gives("an allocation afterwards", cuMemAlloc(&memory, 16), CUDA_ERROR_ILLEGAL_ADDRESS);
  gives("and again", cuCtxSynchronize(), CUDA_ERROR_ILLEGAL_ADDRESS);
  return verdict();
}
