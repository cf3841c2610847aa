// What a kernel says of its module's own memory: text and variables whose addresses the program has never asked for.
#include "common.h"

#include <cstring>
#include <cuda.h>
#include <string>

struct Report {
  const char *file;
  const int *numbers;
};

static __device__ int numbers[100];

static __global__ void report(Report *out) {
  numbers[threadIdx.x] = 3 * threadIdx.x;
  if (threadIdx.x == 0)
    *out = {"a text in device memory", numbers};
}

template <class F> static F driver(const char *name) {
  void *function = nullptr;
  cudaDriverEntryPointQueryResult found;
  CUDA_OK(cudaGetDriverEntryPointByVersion(name, &function, 12000, cudaEnableDefault, &found));
  return reinterpret_cast<F>(function);
}

int main() {
  const auto range_of =
      driver<CUresult (*)(CUdeviceptr *, size_t *, CUdeviceptr)>("cuMemGetAddressRange");
  Report *out;
  CUDA_OK(cudaMallocHost(&out, sizeof *out));
  report<<<1, 100>>>(out);
  CUDA_OK(cudaDeviceSynchronize());

  CUdeviceptr base = 0;
  size_t bytes = 0;
  const auto text = reinterpret_cast<CUdeviceptr>(out->file);
  expect(range_of(&base, &bytes, text) == CUDA_SUCCESS && base <= text && text < base + bytes,
         "a text has a range");
  std::string copy(base + bytes - text, '\0');
  CUDA_OK(cudaMemcpy(copy.data(), out->file, copy.size(), cudaMemcpyDeviceToHost));
  expect(std::strcmp(copy.c_str(), "a text in device memory") == 0, "that can be read");

  cudaPointerAttributes attributes;
  CUDA_OK(cudaPointerGetAttributes(&attributes, out->numbers + 50));
  expect(attributes.type == cudaMemoryTypeDevice && attributes.device == 0,
         "a variable is device memory");
  int number = 0;
  CUDA_OK(cudaMemcpy(&number, out->numbers + 50, sizeof number, cudaMemcpyDefault));
  expect(number == 150, "which cudaMemcpyDefault knows");

  static int here;
  expect(range_of(&base, &bytes, reinterpret_cast<CUdeviceptr>(&here)) == CUDA_ERROR_NOT_FOUND,
         "the program's own memory has none");
  expect(range_of(&base, &bytes, 4096) == CUDA_ERROR_NOT_FOUND, "nor has an address of nothing");
  CUDA_OK(cudaPointerGetAttributes(&attributes, &here));
  expect(attributes.type == cudaMemoryTypeUnregistered, "and is unregistered");
  CUDA_OK(cudaFreeHost(out));
  return verdict();
}
