// Which memory pool an address says that it is from.
#include "common.h"

#include <cuda.h>
#include <dlfcn.h>

static decltype(&cuPointerGetAttribute) get_attribute;

static void *pool_of(const void *memory) {
  CUmemoryPool pool = nullptr;
  if (get_attribute(&pool, CU_POINTER_ATTRIBUTE_MEMPOOL_HANDLE, (CUdeviceptr)memory) !=
      CUDA_SUCCESS)
    expect(false, "the address is known");
  return pool;
}

int main() {
  CUDA_OK(cudaFree(nullptr));
  *(void **)&get_attribute = dlsym(dlopen("libcuda.so.1", RTLD_NOW), "cuPointerGetAttribute");
  cudaMemPool_t first, own;
  cudaMemPoolProps properties{};
  properties.allocType = cudaMemAllocationTypePinned;
  properties.location.type = cudaMemLocationTypeDevice;
  CUDA_OK(cudaDeviceGetDefaultMemPool(&first, 0));
  CUDA_OK(cudaMemPoolCreate(&own, &properties));
  void *plain, *of_first, *of_own, *of_chosen, *of_first_again;
  CUDA_OK(cudaMalloc(&plain, 64));
  CUDA_OK(cudaMallocAsync(&of_first, 64, nullptr));
  CUDA_OK(cudaMallocFromPoolAsync(&of_own, 64, own, nullptr));
  CUDA_OK(cudaDeviceSetMemPool(0, own));
  CUDA_OK(cudaMallocAsync(&of_chosen, 64, nullptr));
  CUDA_OK(cudaDeviceSetMemPool(0, first));
  CUDA_OK(cudaMallocAsync(&of_first_again, 64, nullptr));
  expect(pool_of(plain) == nullptr, "memory that is of none");
  expect(pool_of(of_first) == first, "the pool that the device was born with");
  expect(pool_of((char *)of_own + 60) == own, "a pool that was named");
  expect(pool_of(of_chosen) == own, "a pool that was made the device's");
  expect(pool_of(of_first_again) == first, "and the first one again");
  for (void *memory : {of_first, of_own, of_chosen, of_first_again})
    CUDA_OK(cudaFreeAsync(memory, nullptr));
  CUDA_OK(cudaDeviceSynchronize());
  CUDA_OK(cudaMemPoolDestroy(own));
  CUDA_OK(cudaFree(plain));
  return verdict();
}
