// Memory of the program's own that it registers: what is shared with another process stays so, what may only be read
// is taken for what it is, and vectors that lie in one page are registered one by one.
#include "common.h"
#include <cstdint>
#include <cstring>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

constexpr size_t kBytes = 8192;

char *map(int access, int sharing) {
  void *memory = mmap(nullptr, kBytes, access, sharing | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED)
    std::exit(2);
  return (char *)memory;
}

/// What a round through the device makes of it.
bool arrives(const char *memory, const char *text) {
  char *device, back[32] = {};
  CUDA_OK(cudaMalloc(&device, sizeof back));
  CUDA_OK(cudaMemcpyAsync(device, memory, sizeof back, cudaMemcpyHostToDevice));
  CUDA_OK(cudaMemcpy(back, device, sizeof back, cudaMemcpyDeviceToHost));
  CUDA_OK(cudaFree(device));
  return std::strcmp(back, text) == 0;
}

/// Registered memory where a copy has its device side: it is the host's memory, by its own address.
void in_place_of_the_device() {
  char *memory = map(PROT_READ | PROT_WRITE, MAP_PRIVATE), *device, other[256] = {};
  std::strcpy(memory + 1000, "registered");
  CUDA_OK(cudaHostRegister(memory, kBytes, cudaHostRegisterMapped));
  CUDA_OK(cudaMemcpy(other, memory + 1000, 16, cudaMemcpyDeviceToHost));
  expect(std::strcmp(other, "registered") == 0, "copied as from the device");
  std::strcpy(other, "changed");
  CUDA_OK(cudaMemcpyAsync(memory + 1000, other, 16, cudaMemcpyHostToDevice));
  CUDA_OK(cudaDeviceSynchronize());
  expect(std::strcmp(memory + 1000, "changed") == 0, "and as to the device");
  CUDA_OK(cudaMemcpy2D(other + 64, 16, memory + 1000, 32, 16, 2, cudaMemcpyDeviceToHost));
  expect(std::strcmp(other + 64, "changed") == 0, "row by row");
  CUDA_OK(cudaMalloc(&device, 16));
  CUDA_OK(cudaMemcpy(device, memory + 1000, 16, cudaMemcpyDeviceToDevice));
  CUDA_OK(cudaMemcpy(memory + 2000, device, 16, cudaMemcpyDeviceToDevice));
  CUDA_OK(cudaDeviceSynchronize());
  expect(std::strcmp(memory + 2000, "changed") == 0, "through the device and back");
  CUDA_OK(cudaMemset(memory + 2000, 'x', 4));
  CUDA_OK(cudaDeviceSynchronize());
  expect(std::strcmp(memory + 2000, "xxxxged") == 0, "filled");
  expect(cudaMemcpy(other, memory + kBytes - 16, 32, cudaMemcpyDeviceToHost) ==
             cudaErrorInvalidValue,
         "no further than it is registered");
  cudaGetLastError();
  CUDA_OK(cudaFree(device));
  CUDA_OK(cudaHostUnregister(memory));
}

int main() {
  // The child is made before there is a context, as CUDA wants it, and writes when it is told.
  char *shared = map(PROT_READ | PROT_WRITE, MAP_SHARED);
  int go[2];
  if (pipe(go) != 0)
    return 2;
  const pid_t child = fork();
  if (child == 0) {
    char byte;
    _exit(read(go[0], &byte, 1) == 1 ? std::strcpy(shared, "the child's") == nullptr : 3);
  }
  std::strcpy(shared, "the parent's");
  CUDA_OK(cudaFree(nullptr));
  CUDA_OK(cudaHostRegister(shared, kBytes, cudaHostRegisterPortable));
  expect(arrives(shared, "the parent's"), "memory shared with a child");
  int status = -1;
  expect(write(go[1], "", 1) == 1 && waitpid(child, &status, 0) == child && status == 0,
         "which writes to it");
  expect(arrives(shared, "the child's"), "and is seen");
  cudaPointerAttributes attributes;
  CUDA_OK(cudaPointerGetAttributes(&attributes, shared + 100));
  expect(attributes.type == cudaMemoryTypeHost, "it is registered");
  CUDA_OK(cudaHostUnregister(shared));
  expect(std::strcmp(shared, "the child's") == 0, "and keeps its bytes");

  char *constant = map(PROT_READ | PROT_WRITE, MAP_PRIVATE);
  std::strcpy(constant, "constant");
  mprotect(constant, kBytes, PROT_READ);
  CUDA_OK(cudaHostRegister(constant, kBytes, cudaHostRegisterReadOnly));
  expect(arrives(constant, "constant"), "memory that may only be read");
  CUDA_OK(cudaHostUnregister(constant));

  char *page = map(PROT_READ | PROT_WRITE, MAP_PRIVATE);
  std::strcpy(page + 17, "first");
  std::strcpy(page + 200, "second");
  CUDA_OK(cudaHostRegister(page + 17, 100, 0));
  CUDA_OK(cudaHostRegister(page + 200, 100, 0));
  expect(cudaHostRegister(page + 250, 10, 0) == cudaErrorHostMemoryAlreadyRegistered,
         "twice is once too often");
  cudaGetLastError();
  expect(arrives(page + 17, "first") && arrives(page + 200, "second"), "two vectors in a page");
  CUDA_OK(cudaPointerGetAttributes(&attributes, page + 4));
  expect(attributes.type == cudaMemoryTypeUnregistered, "what lies before them is not registered");
  CUDA_OK(cudaHostUnregister(page + 17));
  CUDA_OK(cudaPointerGetAttributes(&attributes, page + 201));
  expect(attributes.type == cudaMemoryTypeHost, "the second outlives the first");
  CUDA_OK(cudaHostUnregister(page + 200));

  char *pinned;
  CUDA_OK(cudaMallocHost(&pinned, 100));
  expect(cudaHostRegister(pinned, 100, 0) == cudaErrorHostMemoryAlreadyRegistered,
         "pinned memory is registered already");
  cudaGetLastError();
  CUDA_OK(cudaFreeHost(pinned));
  in_place_of_the_device();
  return verdict();
}
