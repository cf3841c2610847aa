// Copies that a program got wrong: the direction is not that of the addresses, the shape fits neither side. None
// may crash the process, and what unified addressing forgives is copied.
#include "common.h"
#include <cstring>
#include <cuda.h>
#include <vector>

#define CU(name) reinterpret_cast<decltype(&::name)>(driver_entry(#name))

void *driver_entry(const char *name) {
  void *entry = nullptr;
  cudaDriverEntryPointQueryResult found;
  CUDA_OK(cudaGetDriverEntryPointByVersion(name, &entry, CUDA_VERSION, cudaEnableDefault, &found));
  return entry;
}

void directions(size_t bytes) {
  std::printf("%zu bytes\n", bytes);
  char *one, *two, *freed;
  std::vector<char> host(bytes, 5), back(bytes);
  CUDA_OK(cudaMalloc(&one, bytes));
  CUDA_OK(cudaMalloc(&two, bytes));
  CUDA_OK(cudaMalloc(&freed, bytes));
  CUDA_OK(cudaFree(freed));
  CUDA_OK(cudaMemset(one, 7, bytes));
  expect(cudaMemcpy(two, one, bytes, cudaMemcpyHostToDevice) == cudaSuccess,
         "within the device, called host to device");
  CUDA_OK(cudaMemcpy(back.data(), two, bytes, cudaMemcpyDeviceToHost));
  expect(back[0] == 7 && back[bytes - 1] == 7, "is copied");
  CUDA_OK(cudaMemset(one, 8, bytes));
  expect(cudaMemcpy(two, one, bytes, cudaMemcpyDeviceToHost) == cudaSuccess,
         "within the device, called device to host");
  CUDA_OK(cudaMemcpyAsync(back.data(), two, bytes, cudaMemcpyDeviceToHost));
  CUDA_OK(cudaDeviceSynchronize());
  expect(back[0] == 8 && back[bytes - 1] == 8, "is copied");
  expect(cudaMemcpy(host.data(), one, bytes, cudaMemcpyHostToDevice) == cudaErrorInvalidValue,
         "to the host, called host to device");
  expect(cudaMemcpy(one, host.data(), bytes, cudaMemcpyDeviceToHost) == cudaErrorInvalidValue,
         "to the device, called device to host");
  expect(cudaMemcpy(freed, one, bytes, cudaMemcpyDeviceToHost) == cudaErrorInvalidValue,
         "to memory that was freed");
  expect(cudaMemcpy(freed, host.data(), bytes, cudaMemcpyHostToDevice) == cudaErrorInvalidValue,
         "the same from the host");
  cudaGetLastError();
  CUDA_OK(cudaFree(one));
  CUDA_OK(cudaFree(two));
}

void shapes() {
  std::printf("shapes\n");
  std::vector<char> host(65536, 3);
  CUdeviceptr device;
  expect(CU(cuMemAlloc)(&device, 65536) == CUDA_SUCCESS, "device memory");
  CUDA_MEMCPY2D good{};
  good.srcMemoryType = CU_MEMORYTYPE_HOST;
  good.srcHost = host.data();
  good.srcPitch = 128;
  good.dstMemoryType = CU_MEMORYTYPE_DEVICE;
  good.dstDevice = device;
  good.dstPitch = 256;
  good.WidthInBytes = 100;
  good.Height = 10;
  const auto gives = [](const CUDA_MEMCPY2D &copy) { return CU(cuMemcpy2D)(&copy); };
  CUDA_MEMCPY2D copy = good;
  expect(gives(copy) == CUDA_SUCCESS, "a good one");
  copy.srcPitch = 50;
  expect(gives(copy) == CUDA_ERROR_INVALID_VALUE, "rows that overlap on the host");
  copy = good;
  copy.Height = 257;
  expect(gives(copy) == CUDA_ERROR_INVALID_VALUE, "a row more than the device has");
  copy.Height = ~0ull;
  expect(gives(copy) == CUDA_ERROR_INVALID_VALUE, "more rows than there can be");
  copy = good;
  copy.WidthInBytes = 1ull << 62;
  copy.srcPitch = copy.dstPitch = 0;
  expect(gives(copy) == CUDA_ERROR_INVALID_VALUE, "rows longer than there can be");
  copy = good;
  copy.srcXInBytes = ~0ull - 3;
  expect(gives(copy) == CUDA_ERROR_INVALID_VALUE, "a column before the first");
  copy = good;
  copy.srcHost = (void *)(device + 32768);
  expect(gives(copy) == CUDA_SUCCESS, "a device's address called a host's");
  expect(CU(cuMemsetD32)(device + 2, 1, 4) == CUDA_ERROR_INVALID_VALUE,
         "a fill of words that is not aligned");
  expect(CU(cuMemsetD32)(device, 1, 1ull << 62) == CUDA_ERROR_INVALID_VALUE,
         "of more words than there can be");
  expect(CU(cuMemFree)(device) == CUDA_SUCCESS, "memory is given back");
}

int main() {
  CUDA_OK(cudaFree(nullptr));
  directions(64);
  directions(1 << 20);
  shapes();
  return verdict();
}
