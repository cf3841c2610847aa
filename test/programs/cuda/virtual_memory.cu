// Virtual memory management: a vector that grows in place, one memory at two addresses, access, and the errors. The
// driver's calls come through the runtime, so that the program links without a libcuda.
#include "common.h"
#include <cuda.h>
#include <numeric>
#include <vector>

#define DRIVER(name) static auto name##_ = reinterpret_cast<decltype(&::name)>(driver_entry(#name));

static void *driver_entry(const char *name) {
  void *entry = nullptr;
  cudaDriverEntryPointQueryResult found;
  CUDA_OK(cudaGetDriverEntryPointByVersion(name, &entry, 12000, cudaEnableDefault, &found));
  return entry;
}

#define CU_OK(call) expect_success((call), #call)
static void expect_success(CUresult result, const char *call) {
  if (result != CUDA_SUCCESS) {
    std::printf("%s gave %d\nFAIL\n", call, (int)result);
    std::exit(1);
  }
}

__global__ void count_up(int *data, int n) {
  for (int i = blockIdx.x * blockDim.x + threadIdx.x; i < n; i += gridDim.x * blockDim.x)
    data[i] += i;
}

int main() {
  CUDA_OK(cudaFree(nullptr));
  DRIVER(cuMemGetAllocationGranularity)
  DRIVER(cuMemAddressReserve)
  DRIVER(cuMemAddressFree)
  DRIVER(cuMemCreate)
  DRIVER(cuMemRelease)
  DRIVER(cuMemMap)
  DRIVER(cuMemUnmap)
  DRIVER(cuMemSetAccess)
  DRIVER(cuMemGetAccess)
  DRIVER(cuMemRetainAllocationHandle)
  DRIVER(cuMemGetAllocationPropertiesFromHandle)

  CUmemAllocationProp properties = {};
  properties.type = CU_MEM_ALLOCATION_TYPE_PINNED;
  properties.location.type = CU_MEM_LOCATION_TYPE_DEVICE;
  size_t grain = 0;
  CU_OK(cuMemGetAllocationGranularity_(&grain, &properties, CU_MEM_ALLOC_GRANULARITY_MINIMUM));
  expect(grain > 0 && (grain & (grain - 1)) == 0, "the granularity is a power of two");

  CUdeviceptr base;
  const size_t reserved = 8 * grain;
  CU_OK(cuMemAddressReserve_(&base, reserved, 0, 0, 0));
  CUmemAccessDesc access = {};
  access.location = properties.location;
  access.flags = CU_MEM_ACCESS_FLAGS_PROT_READWRITE;
  // Grow by one piece at a time; what was written stays where it was.
  CUmemGenericAllocationHandle pieces[3];
  for (int i = 0; i < 3; ++i) {
    CU_OK(cuMemCreate_(&pieces[i], grain, &properties, 0));
    CU_OK(cuMemMap_(base + i * grain, grain, 0, pieces[i], 0));
    CU_OK(cuMemSetAccess_(base + i * grain, grain, &access, 1));
    const int n = (int)((i + 1) * grain / sizeof(int));
    if (i == 0)
      CUDA_OK(cudaMemset((void *)base, 0, grain));
    else
      CUDA_OK(cudaMemset((char *)base + i * grain, 0, grain));
    count_up<<<64, 128>>>((int *)base, n);
    LAUNCH_OK();
  }
  std::vector<int> host(3 * grain / sizeof(int));
  CUDA_OK(cudaMemcpy(host.data(), (void *)base, 3 * grain, cudaMemcpyDefault));
  bool grown = true;
  for (size_t i = 0; i < host.size(); ++i)
    grown &= host[i] == (int)(i * (3 - i / (grain / sizeof(int))));
  expect(grown, "a vector that grows in place");

  // The fill is not posted on the strength of the reservation: its own call says no, and the next is not blamed.
  CU_OK(cuMemMap_(base + 6 * grain, grain, 0, pieces[2], 0));
  expect(cudaMemset((char *)base + 6 * grain, 1, 64) == cudaErrorInvalidValue,
         "what is mapped without access cannot be filled");
  expect(cudaMemset((char *)base + 7 * grain, 1, 64) == cudaErrorInvalidValue,
         "nor what is reserved alone");
  expect(cudaDeviceSynchronize() == cudaSuccess, "and nothing else fails");
  cudaGetLastError();
  CU_OK(cuMemUnmap_(base + 6 * grain, grain));

  // One memory twice: what is written here is read there.
  CU_OK(cuMemMap_(base + 5 * grain, grain, 0, pieces[1], 0));
  CU_OK(cuMemSetAccess_(base + 5 * grain, grain, &access, 1));
  CUDA_OK(cudaMemset((char *)base + grain, 7, 64));
  unsigned char seen[64];
  CUDA_OK(cudaMemcpy(seen, (char *)base + 5 * grain, 64, cudaMemcpyDeviceToHost));
  expect(seen[0] == 7 && seen[63] == 7, "one memory at two addresses");

  unsigned long long flags = 0;
  CU_OK(cuMemGetAccess_(&flags, &properties.location, base));
  expect(flags == CU_MEM_ACCESS_FLAGS_PROT_READWRITE, "the access that was granted");
  CUmemGenericAllocationHandle again;
  CUmemAllocationProp asked = {};
  CU_OK(cuMemRetainAllocationHandle_(&again, (void *)(base + grain + 5)));
  CU_OK(cuMemGetAllocationPropertiesFromHandle_(&asked, again));
  expect(again == pieces[1] && asked.type == CU_MEM_ALLOCATION_TYPE_PINNED,
         "the memory behind an address");
  CU_OK(cuMemRelease_(again));

  // Handles may go before the mappings.
  for (auto piece : pieces)
    CU_OK(cuMemRelease_(piece));
  count_up<<<64, 128>>>((int *)base, (int)host.size());
  LAUNCH_OK();
  expect(true, "mappings outlive handles");

  const CUresult invalid = CUDA_ERROR_INVALID_VALUE;
  CUmemGenericAllocationHandle none;
  expect(cuMemCreate_(&none, grain / 2, &properties, 0) == invalid, "half a grain");
  expect(cuMemUnmap_(base, grain / 2) == invalid, "half a mapping");
  expect(cuMemUnmap_(base + 3 * grain, grain) == invalid, "nothing mapped there");
  expect(cuMemAddressFree_(base, reserved) == invalid, "a reservation in use");
  CUDA_OK(cudaDeviceSynchronize());

  CU_OK(cuMemUnmap_(base, 3 * grain));
  CU_OK(cuMemUnmap_(base + 5 * grain, grain));
  CU_OK(cuMemAddressFree_(base, reserved));
  expect(cuMemAddressFree_(base, reserved) == invalid, "freed already");
  return verdict();
}
