// What graphs have allocated on a device.
#include "../graph_memory.h"
#include "../entry.h"

using namespace softcuda;

GF_API cuDeviceGetGraphMemAttribute(CUdevice dev, CUgraphMem_attribute which, void *value) {
  Device *device;
  GF_TRY(enter(dev, &device));
  GF_REQUIRE(value);
  const GraphMemoryCount &count = device->graph_memory;
  auto &out = *static_cast<cuuint64_t *>(value);
  switch (which) {
  case CU_GRAPH_MEM_ATTR_USED_MEM_CURRENT:
    out = count.used;
    return CUDA_SUCCESS;
  case CU_GRAPH_MEM_ATTR_USED_MEM_HIGH:
    out = count.used_high;
    return CUDA_SUCCESS;
  case CU_GRAPH_MEM_ATTR_RESERVED_MEM_CURRENT:
    out = count.reserved;
    return CUDA_SUCCESS;
  case CU_GRAPH_MEM_ATTR_RESERVED_MEM_HIGH:
    out = count.reserved_high;
    return CUDA_SUCCESS;
  }
  return CUDA_ERROR_INVALID_VALUE;
}

// The high marks can be reset, and that only.
GF_API cuDeviceSetGraphMemAttribute(CUdevice dev, CUgraphMem_attribute which, void *value) {
  Device *device;
  GF_TRY(enter(dev, &device));
  GF_REQUIRE(value && *static_cast<cuuint64_t *>(value) == 0);
  GraphMemoryCount &count = device->graph_memory;
  switch (which) {
  case CU_GRAPH_MEM_ATTR_USED_MEM_HIGH:
    count.used_high = count.used.load();
    return CUDA_SUCCESS;
  case CU_GRAPH_MEM_ATTR_RESERVED_MEM_HIGH:
    count.reserved_high = count.reserved.load();
    return CUDA_SUCCESS;
  default:
    return CUDA_ERROR_INVALID_VALUE;
  }
}

GF_API cuDeviceGraphMemTrim(CUdevice dev) {
  Device *device;
  GF_TRY(enter(dev, &device));
  trim_graph_memory(*device);
  return CUDA_SUCCESS;
}
