// What the driver API says of addresses, and keeps that it was told of them.
#include "driver.h"

enum { MEMORY_TYPE = 2, SYNC_MEMOPS = 6, IS_MANAGED = 8, RANGE_START = 11, RANGE_SIZE = 12 };
enum { TYPE_HOST = 1, TYPE_DEVICE = 2, ATTACH_GLOBAL = 1 };

static int number_of(int attribute, CUdeviceptr address) {
  int value = -1;
  CU_OK(cuPointerGetAttribute(&value, attribute, address));
  return value;
}

static unsigned long long wide_of(int attribute, CUdeviceptr address) {
  unsigned long long value = 0;
  CU_OK(cuPointerGetAttribute(&value, attribute, address));
  return value;
}

static void keeps_sync_memops(const char *what, CUdeviceptr address) {
  int on = 1, off = 0;
  printf("%s:\n", what);
  expect(number_of(SYNC_MEMOPS, address) == 0, "no memory operation is made to wait");
  CU_OK(cuPointerSetAttribute(&on, SYNC_MEMOPS, address));
  expect(number_of(SYNC_MEMOPS, address + 100) == 1,
         "until it is asked for, of all the allocation");
  CU_OK(cuPointerSetAttribute(&off, SYNC_MEMOPS, address + 100));
  expect(number_of(SYNC_MEMOPS, address) == 0, "and is no longer");
}

int main(void) {
  CUcontext context = start_driver();
  CUdeviceptr memory, other, managed;
  void *pinned;
  int on = 1, local;
  CU_OK(cuMemAlloc(&memory, 1000));
  CU_OK(cuMemAlloc(&other, 1000));
  CU_OK(cuMemAllocManaged(&managed, 1000, ATTACH_GLOBAL));
  CU_OK(cuMemHostAlloc(&pinned, 1000, 0));

  expect(number_of(MEMORY_TYPE, memory + 999) == TYPE_DEVICE, "device memory");
  expect(wide_of(RANGE_START, memory + 999) == memory, "begins where it was allocated");
  expect(wide_of(RANGE_SIZE, memory + 999) == 1000, "and is as large");
  expect(number_of(MEMORY_TYPE, (CUdeviceptr)(size_t)pinned) == TYPE_HOST, "pinned memory");
  expect(number_of(IS_MANAGED, managed + 999) == 1, "managed memory");
  expect(number_of(IS_MANAGED, memory) == 0, "is not all memory");
  keeps_sync_memops("device memory", memory);
  keeps_sync_memops("managed memory", managed);
  CU_OK(cuPointerSetAttribute(&on, SYNC_MEMOPS, memory));
  expect(number_of(SYNC_MEMOPS, other) == 0,
         "what is said of one allocation is not said of another");
  expect(cuPointerSetAttribute(&on, MEMORY_TYPE, memory) == CUDA_ERROR_INVALID_VALUE,
         "nothing else can be set");
  expect(cuPointerSetAttribute(&on, SYNC_MEMOPS, (CUdeviceptr)(size_t)&local) ==
             CUDA_ERROR_INVALID_VALUE,
         "nor of memory that CUDA does not know");

  CU_OK(cuMemFreeHost(pinned));
  CU_OK(cuMemFree(managed));
  CU_OK(cuMemFree(other));
  CU_OK(cuMemFree(memory));
  CU_OK(cuCtxDestroy(context));
  return verdict();
}
