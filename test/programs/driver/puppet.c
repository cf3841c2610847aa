// A guest that does as it is told, one line of stdin at a time, and answers each with one line: the last result
// code, and a number where there is one. Tests hold it still in states that no ordinary program stays in.
//
//   init              cuInit, a context, a module
//   alloc BYTES       keeps the memory; answers the code
//   launch ROUNDS N   N kernels of one block, not waited for
//   sync              waits for all of them
//   busy MS ROUNDS    launches and waits for MS milliseconds; the number is how many kernels ran
//   wild              a kernel that writes where it may not
//   abort             ends without a word to CUDA
//   quit              ends as a program should
#include "driver.h"

#include <time.h>

static CUfunction spin, wild;
static CUdeviceptr scratch;

static double now_ms(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static CUresult init(const char *program) {
  CUdevice device;
  CUcontext context;
  CUresult result;
  load_driver();
  if ((result = cuInit(0)) != CUDA_SUCCESS)
    return result;
  CU_OK(cuDeviceGet(&device, 0));
  if ((result = cuCtxCreate(&context, 0, device)) != CUDA_SUCCESS)
    return result;
  CUmodule module = load_beside(program, "kernels.ptx");
  CU_OK(cuModuleGetFunction(&spin, module, "spin"));
  CU_OK(cuModuleGetFunction(&wild, module, "wild"));
  return cuMemAlloc(&scratch, 64 * sizeof(int));
}

static CUresult launch(int rounds) {
  void *parameters[] = {&scratch, &rounds};
  return cuLaunchKernel(spin, 1, 1, 1, 32, 1, 1, 0, NULL, parameters, NULL);
}

static CUresult busy(double duration_ms, int rounds, long *count) {
  const double end = now_ms() + duration_ms;
  CUresult result = CUDA_SUCCESS;
  while (result == CUDA_SUCCESS && now_ms() < end) {
    result = launch(rounds);
    if (result == CUDA_SUCCESS)
      result = cuCtxSynchronize();
    *count += result == CUDA_SUCCESS;
  }
  return result;
}

/// Which device this is for the host: the bus it sits on.
static CUresult bus(int ordinal, long *number) {
  CUdevice device;
  CUresult result = cuDeviceGet(&device, ordinal);
  int bus_id = 0;
  if (result == CUDA_SUCCESS)
    result = cuDeviceGetAttribute(&bus_id, CU_DEVICE_ATTRIBUTE_PCI_BUS_ID, device);
  *number = bus_id;
  return result;
}

int main(int argc, char **argv) {
  (void)argc;
  char line[256], word[32];
  setvbuf(stdout, NULL, _IOLBF, 0);
  while (fgets(line, sizeof line, stdin) != NULL) {
    double first = 0, second = 0;
    long number = 0;
    CUresult result = CUDA_SUCCESS;
    CUdeviceptr memory;
    if (sscanf(line, "%31s %lf %lf", word, &first, &second) < 1)
      continue;
    if (strcmp(word, "init") == 0)
      result = init(argv[0]);
    else if (strcmp(word, "alloc") == 0)
      result = cuMemAlloc(&memory, (size_t)first);
    else if (strcmp(word, "launch") == 0)
      for (; number < (long)second && result == CUDA_SUCCESS; ++number)
        result = launch((int)first);
    else if (strcmp(word, "sync") == 0)
      result = cuCtxSynchronize();
    else if (strcmp(word, "busy") == 0)
      result = busy(first, (int)second, &number);
    else if (strcmp(word, "bus") == 0)
      result = bus((int)first, &number);
    else if (strcmp(word, "wild") == 0)
      result = cuLaunchKernel(wild, 1, 1, 1, 1, 1, 1, 0, NULL, NULL, NULL);
    else if (strcmp(word, "abort") == 0)
      abort();
    else if (strcmp(word, "quit") == 0)
      break;
    else
      return 2;
    printf("%d %ld\n", result, number);
  }
  printf(checks_failed == 0 ? "PASS\n" : "FAIL\n");
  return 0;
}
