// Host functions of a program that has not one file descriptor left.
#include "common.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

static void count(void *calls) { ++*static_cast<int *>(calls); }

int main() {
  CUDA_OK(cudaFree(nullptr));
  const int next = open("/dev/null", O_RDONLY);
  rlimit limit;
  if (next < 0 || close(next) != 0 || getrlimit(RLIMIT_NOFILE, &limit) != 0)
    return 2;
  limit.rlim_cur = next;
  if (setrlimit(RLIMIT_NOFILE, &limit) != 0 || open("/dev/null", O_RDONLY) >= 0)
    return 2;
  int calls = 0;
  for (int i = 0; i < 20; ++i) {
    CUDA_OK(cudaLaunchHostFunc(nullptr, count, &calls));
    if (i % 2)
      CUDA_OK(cudaDeviceSynchronize());
  }
  expect(calls == 20, "all of them have run");
  return verdict();
}
