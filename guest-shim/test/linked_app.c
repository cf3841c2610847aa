// A program that was linked with -lcuda, on a machine without a driver: starts only because what is
// preloaded is libcuda.so.1 itself. Without a server its answer is 802.
#include <stdio.h>

#include "cuda_api.h"

int main(void) {
  const CUresult result = cuInit(0);
  printf("cuInit: %d\n", (int)result);
  return result == CUDA_ERROR_SYSTEM_NOT_READY ? 0 : 1;
}
