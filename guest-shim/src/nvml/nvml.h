// What of NVIDIA's management library (NVML) the guest answers, in NVML's own terms: declared here, as Debian has no
// header of it. Names, values and layouts are those of the library's documentation.
#pragma once

#include <stdint.h>

typedef int nvmlReturn_t;
enum {
  NVML_SUCCESS = 0,
  NVML_ERROR_UNINITIALIZED = 1,
  NVML_ERROR_INVALID_ARGUMENT = 2,
  NVML_ERROR_NOT_SUPPORTED = 3,
  NVML_ERROR_NOT_FOUND = 6,
  NVML_ERROR_INSUFFICIENT_SIZE = 7,
  NVML_ERROR_DRIVER_NOT_LOADED = 9,
  NVML_ERROR_ARGUMENT_VERSION_MISMATCH = 25,
  NVML_ERROR_UNKNOWN = 999,
};

typedef struct gf_nvml_device *nvmlDevice_t;

typedef struct {
  unsigned long long total, free, used; ///< bytes
} nvmlMemory_t;

typedef struct {
  unsigned version; ///< NVML_MEMORY_V2
  unsigned long long total, reserved, free, used;
} nvmlMemory_v2_t;
#define NVML_MEMORY_V2 (sizeof(nvmlMemory_v2_t) | 2u << 24)

typedef struct {
  char busIdLegacy[16];
  unsigned domain, bus, device, pciDeviceId, pciSubSystemId;
  char busId[32];
} nvmlPciInfo_t;

typedef struct {
  unsigned pid;
  unsigned long long usedGpuMemory; ///< bytes
  unsigned gpuInstanceId, computeInstanceId;
} nvmlProcessInfo_t;

#define NVML_API __attribute__((visibility("default")))

/// CUDA is up, and nvmlInit was called.
nvmlReturn_t gf_nvml_ready(void);

/// The CUDA ordinal behind a handle; -1 where it is none of ours.
int gf_nvml_ordinal(nvmlDevice_t device);
