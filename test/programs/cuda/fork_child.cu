// fork, as pre-forking servers and Python's multiprocessing do it: before CUDA is used, so that parent and children
// each have a session of their own; and after, where the child has CUDA's error and nothing else.
#include "common.h"
#include <sys/wait.h>
#include <unistd.h>

__global__ void square(int *value) { *value *= *value; }

// 0 when the device squared `x`.
int use_device(int x) {
  int *device, host = 0;
  if (cudaMalloc(&device, sizeof(int)) != cudaSuccess)
    return 2;
  cudaMemcpy(device, &x, sizeof(int), cudaMemcpyHostToDevice);
  square<<<1, 1>>>(device);
  if (cudaMemcpy(&host, device, sizeof(int), cudaMemcpyDeviceToHost) != cudaSuccess)
    return 3;
  cudaFree(device);
  return host == x * x ? 0 : 1;
}

int status_of(pid_t child) {
  int status = -1;
  waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int main() {
  std::fflush(stdout);
  pid_t children[3];
  for (int i = 0; i < 3; ++i) {
    children[i] = fork();
    if (children[i] == 0)
      _exit(use_device(10 + i));
  }
  bool right = true;
  for (pid_t child : children)
    right &= status_of(child) == 0;
  expect(right, "three children, forked before CUDA was used");
  expect(use_device(5) == 0, "the parent afterwards");

  std::fflush(stdout);
  const pid_t late = fork();
  if (late == 0) {
    int *p;
    _exit(cudaMalloc(&p, 16));
  }
  expect(status_of(late) == cudaErrorInitializationError, "a child forked afterwards is told so");
  expect(use_device(6) == 0, "and the parent is unharmed");
  return verdict();
}
