// Memory and processes: of this session alone. Its quota is all the memory there is, and its process the only one.
#include <unistd.h>

#include "cuda_api.h"
#include "nvml/nvml.h"

/// Asks the driver only where this process has a context on the device: to look must not make one.
static nvmlReturn_t measure(int ordinal, size_t *total_bytes, size_t *free_bytes, int *active) {
  unsigned flags;
  if (cuDeviceTotalMem_v2(total_bytes, ordinal) != CUDA_SUCCESS ||
      cuDevicePrimaryCtxGetState(ordinal, &flags, active) != CUDA_SUCCESS)
    return NVML_ERROR_UNKNOWN;
  *free_bytes = *total_bytes;
  if (!*active)
    return NVML_SUCCESS;
  CUcontext context, popped;
  if (cuDevicePrimaryCtxRetain(&context, ordinal) != CUDA_SUCCESS)
    return NVML_ERROR_UNKNOWN;
  CUresult result = cuCtxPushCurrent_v2(context);
  if (result == CUDA_SUCCESS) {
    result = cuMemGetInfo_v2(free_bytes, total_bytes);
    cuCtxPopCurrent_v2(&popped);
  }
  cuDevicePrimaryCtxRelease_v2(ordinal);
  return result == CUDA_SUCCESS ? NVML_SUCCESS : NVML_ERROR_UNKNOWN;
}

static nvmlReturn_t begin(nvmlDevice_t device, const void *out, int *ordinal) {
  const nvmlReturn_t ready = gf_nvml_ready();
  if (ready != NVML_SUCCESS)
    return ready;
  *ordinal = gf_nvml_ordinal(device);
  return *ordinal < 0 || out == NULL ? NVML_ERROR_INVALID_ARGUMENT : NVML_SUCCESS;
}

NVML_API nvmlReturn_t nvmlDeviceGetMemoryInfo(nvmlDevice_t device, nvmlMemory_t *memory) {
  int ordinal, active;
  size_t total_bytes, free_bytes;
  nvmlReturn_t result = begin(device, memory, &ordinal);
  if (result == NVML_SUCCESS)
    result = measure(ordinal, &total_bytes, &free_bytes, &active);
  if (result == NVML_SUCCESS)
    *memory = (nvmlMemory_t){total_bytes, free_bytes, total_bytes - free_bytes};
  return result;
}

NVML_API nvmlReturn_t nvmlDeviceGetMemoryInfo_v2(nvmlDevice_t device, nvmlMemory_v2_t *memory) {
  if (memory != NULL && memory->version != NVML_MEMORY_V2)
    return NVML_ERROR_ARGUMENT_VERSION_MISMATCH;
  nvmlMemory_t plain;
  const nvmlReturn_t result = nvmlDeviceGetMemoryInfo(device, memory != NULL ? &plain : NULL);
  if (result == NVML_SUCCESS)
    *memory = (nvmlMemory_v2_t){NVML_MEMORY_V2, plain.total, 0, plain.free, plain.used};
  return result;
}

NVML_API nvmlReturn_t nvmlDeviceGetComputeRunningProcesses_v3(nvmlDevice_t device, unsigned *count,
                                                              nvmlProcessInfo_t *processes) {
  int ordinal, active;
  size_t total_bytes, free_bytes;
  nvmlReturn_t result = begin(device, count, &ordinal);
  if (result == NVML_SUCCESS)
    result = measure(ordinal, &total_bytes, &free_bytes, &active);
  if (result != NVML_SUCCESS)
    return result;
  const unsigned capacity = *count;
  *count = active ? 1 : 0;
  if (*count == 0)
    return NVML_SUCCESS;
  if (capacity < 1)
    return NVML_ERROR_INSUFFICIENT_SIZE;
  if (processes == NULL)
    return NVML_ERROR_INVALID_ARGUMENT;
  const unsigned no_instance = ~0u;
  processes[0] =
      (nvmlProcessInfo_t){(unsigned)getpid(), total_bytes - free_bytes, no_instance, no_instance};
  return NVML_SUCCESS;
}

NVML_API nvmlReturn_t nvmlDeviceGetComputeRunningProcesses_v2(nvmlDevice_t device, unsigned *count,
                                                              nvmlProcessInfo_t *processes) {
  return nvmlDeviceGetComputeRunningProcesses_v3(device, count, processes);
}

/// OpenGL's sessions are not counted by NVML's names.
NVML_API nvmlReturn_t nvmlDeviceGetGraphicsRunningProcesses_v3(nvmlDevice_t device, unsigned *count,
                                                               nvmlProcessInfo_t *processes) {
  (void)processes;
  int ordinal;
  const nvmlReturn_t result = begin(device, count, &ordinal);
  if (result == NVML_SUCCESS)
    *count = 0;
  return result;
}
