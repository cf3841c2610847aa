// What the device says about itself, and that its answers agree with each other. Most programs start with this.
#include "common.h"
#include <cstring>

__global__ void kernel(float *data) { data[threadIdx.x] = 0; }

int attribute(cudaDeviceAttr which) {
  int value = -1;
  CUDA_OK(cudaDeviceGetAttribute(&value, which, 0));
  return value;
}

int main() {
  int devices = 0, driver = 0, runtime = 0;
  CUDA_OK(cudaGetDeviceCount(&devices));
  CUDA_OK(cudaDriverGetVersion(&driver));
  CUDA_OK(cudaRuntimeGetVersion(&runtime));
  std::printf("  devices %d\n", devices);
  expect(driver >= runtime, "the driver is no older than the runtime");

  cudaDeviceProp p;
  CUDA_OK(cudaGetDeviceProperties(&p, 0));
  std::printf("  %s, compute capability %d.%d\n", p.name, p.major, p.minor);
  std::printf("  %d multiprocessors, warps of %d, %d threads a block, %d a multiprocessor\n",
              p.multiProcessorCount, p.warpSize, p.maxThreadsPerBlock,
              p.maxThreadsPerMultiProcessor);
  std::printf("  shared memory %zu a block, %zu with opt-in, %zu a multiprocessor\n",
              p.sharedMemPerBlock, p.sharedMemPerBlockOptin, p.sharedMemPerMultiprocessor);
  std::printf("  grid %d x %d x %d, block %d x %d x %d\n", p.maxGridSize[0], p.maxGridSize[1],
              p.maxGridSize[2], p.maxThreadsDim[0], p.maxThreadsDim[1], p.maxThreadsDim[2]);
  std::printf("  registers a block %d, constant memory %zu, L2 %d, pitch alignment %zu\n",
              p.regsPerBlock, p.totalConstMem, p.l2CacheSize, p.texturePitchAlignment);
  std::printf("  unified addressing %d, managed %d, concurrent managed %d, cooperative %d\n",
              p.unifiedAddressing, p.managedMemory, p.concurrentManagedAccess, p.cooperativeLaunch);

  expect(p.warpSize == 32, "warps of 32");
  expect(p.name[0] != 0 && p.totalGlobalMem > 0, "a name and some memory");
  expect(attribute(cudaDevAttrComputeCapabilityMajor) == p.major &&
             attribute(cudaDevAttrComputeCapabilityMinor) == p.minor,
         "capability by property and by attribute");
  expect(attribute(cudaDevAttrMaxThreadsPerBlock) == p.maxThreadsPerBlock, "threads a block too");
  expect(attribute(cudaDevAttrMultiProcessorCount) == p.multiProcessorCount, "multiprocessors too");
  expect(attribute(cudaDevAttrMaxSharedMemoryPerBlock) == (int)p.sharedMemPerBlock, "shared too");

  char bus[32] = "";
  CUDA_OK(cudaDeviceGetPCIBusId(bus, sizeof bus, 0));
  int by_bus = -1, chosen = -1;
  CUDA_OK(cudaDeviceGetByPCIBusId(&by_bus, bus));
  expect(by_bus == 0, "a device is found by its PCI bus id");
  CUDA_OK(cudaChooseDevice(&chosen, &p));
  expect(chosen == 0, "and by its properties");

  cudaFuncAttributes attributes;
  CUDA_OK(cudaFuncGetAttributes(&attributes, kernel));
  expect(attributes.maxThreadsPerBlock > 0 && attributes.maxThreadsPerBlock <= p.maxThreadsPerBlock,
         "a kernel's limits");
  int blocks = 0, minimum_grid = 0, best_block = 0;
  CUDA_OK(cudaOccupancyMaxActiveBlocksPerMultiprocessor(&blocks, kernel, 128, 0));
  expect(blocks >= 1 && blocks * 128 <= p.maxThreadsPerMultiProcessor, "occupancy");
  CUDA_OK(cudaOccupancyMaxPotentialBlockSize(&minimum_grid, &best_block, kernel));
  expect(best_block >= 32 && best_block % 32 == 0 && minimum_grid >= p.multiProcessorCount,
         "the best block size");

  size_t heap = 0, stack = 0;
  CUDA_OK(cudaDeviceGetLimit(&heap, cudaLimitMallocHeapSize));
  CUDA_OK(cudaDeviceGetLimit(&stack, cudaLimitStackSize));
  expect(heap >= 1 << 20 && stack >= 256, "limits");
  int current = -1;
  CUDA_OK(cudaSetDevice(0));
  CUDA_OK(cudaGetDevice(&current));
  expect(current == 0, "the current device");
  return verdict();
}
