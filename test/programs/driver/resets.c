// What calls say of a primary context that was reset while it is current: that it is gone, before anything else that is
// wrong with them; and that it works when it is retained again.
#include "driver.h"

#include <errno.h>

enum { CONTEXT_IS_DESTROYED = 709 };

static CUresult (*retain)(CUcontext *, CUdevice);
static CUresult (*release)(CUdevice);
static CUresult (*reset)(CUdevice);

static void load_primary(void) {
  void *library = dlopen("libcuda.so.1", RTLD_NOW);
  *(void **)&retain = dlsym(library, "cuDevicePrimaryCtxRetain");
  *(void **)&release = dlsym(library, "cuDevicePrimaryCtxRelease_v2");
  *(void **)&reset = dlsym(library, "cuDevicePrimaryCtxReset_v2");
}

static void nothing(void *unused) { (void)unused; }

static void is_gone(CUresult result, const char *what) {
  expect(result == CONTEXT_IS_DESTROYED, what);
}

int main(void) {
  CUcontext context;
  CUdeviceptr memory;
  int value = 5;
  load_driver();
  load_primary();
  errno = 77;
  CU_OK(cuInit(0));
  expect(errno == 77, "errno is the program's own");
  CU_OK(retain(&context, 0));
  CU_OK(cuCtxSetCurrent(context));
  CU_OK(cuMemAlloc(&memory, 1000));
  CU_OK(cuMemcpyHtoD(memory, &value, sizeof value));
  CU_OK(reset(0));

  is_gone(cuMemcpyDtoH(&value, memory, sizeof value), "a copy from what was there");
  is_gone(cuMemcpyHtoD(memory, &value, sizeof value), "a copy to it");
  is_gone(cuMemcpyDtoH(NULL, memory, sizeof value), "a copy to nowhere");
  is_gone(cuMemcpyHtoD(0, &value, sizeof value), "a copy to nowhere on the device");
  is_gone(cuMemcpyDtoH(&value, memory, 0), "a copy of nothing");
  is_gone(cuMemcpyDtoHAsync(&value, memory, sizeof value, NULL), "a copy in a stream");
  is_gone(cuMemsetD32(memory, 0, 1), "a fill");
  is_gone(cuMemAlloc(&memory, 100), "an allocation");
  is_gone(cuLaunchHostFunc(NULL, nothing, NULL), "a host function");
  is_gone(cuLaunchHostFunc(NULL, NULL, NULL), "none");
  is_gone(cuStreamSynchronize(NULL), "waiting");

  CU_OK(retain(&context, 0));
  CU_OK(cuCtxSetCurrent(context));
  CU_OK(cuMemAlloc(&memory, 1000));
  value = 7;
  CU_OK(cuMemcpyHtoD(memory, &value, sizeof value));
  value = 0;
  CU_OK(cuMemcpyDtoH(&value, memory, sizeof value));
  expect(value == 7, "and all of it works again");
  CU_OK(cuLaunchHostFunc(NULL, nothing, NULL));
  CU_OK(cuStreamSynchronize(NULL));
  CU_OK(cuMemFree(memory));
  CU_OK(release(0));
  return verdict();
}
