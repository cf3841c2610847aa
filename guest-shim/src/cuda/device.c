// Questions about devices, answered from what cuInit learnt.
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "cuda/init.h"
#include "cuda/stub.h"

/// CUDA_SUCCESS and the device's facts, or the code to return.
static CUresult look_up(CUdevice dev, const struct gf_device **device) {
  if (!gf_initialised())
    return CUDA_ERROR_NOT_INITIALIZED;
  *device = gf_device(dev);
  return *device != NULL ? CUDA_SUCCESS : CUDA_ERROR_INVALID_DEVICE;
}

CUresult CUDAAPI cuDeviceGet(CUdevice *device, int ordinal) {
  if (!gf_initialised())
    return CUDA_ERROR_NOT_INITIALIZED;
  if (device == NULL)
    return CUDA_ERROR_INVALID_VALUE;
  if (gf_device(ordinal) == NULL)
    return CUDA_ERROR_INVALID_DEVICE;
  *device = ordinal;
  return CUDA_SUCCESS;
}

CUresult CUDAAPI cuDeviceGetCount(int *count) {
  if (!gf_initialised())
    return CUDA_ERROR_NOT_INITIALIZED;
  if (count == NULL)
    return CUDA_ERROR_INVALID_VALUE;
  *count = gf_device_count();
  return CUDA_SUCCESS;
}

CUresult CUDAAPI cuDeviceGetName(char *name, int len, CUdevice dev) {
  const struct gf_device *device;
  CUresult result = look_up(dev, &device);
  if (result != CUDA_SUCCESS)
    return result;
  if (name == NULL || len <= 0)
    return CUDA_ERROR_INVALID_VALUE;
  snprintf(name, (size_t)len, "%s", device->name);
  return CUDA_SUCCESS;
}

CUresult CUDAAPI cuDeviceGetUuid_v2(CUuuid *uuid, CUdevice dev) {
  const struct gf_device *device;
  CUresult result = look_up(dev, &device);
  if (result != CUDA_SUCCESS)
    return result;
  if (uuid == NULL)
    return CUDA_ERROR_INVALID_VALUE;
  *uuid = device->uuid;
  return CUDA_SUCCESS;
}

CUresult CUDAAPI cuDeviceGetLuid(char *luid, unsigned int *deviceNodeMask, CUdevice dev) {
  const struct gf_device *device;
  CUresult result = look_up(dev, &device);
  if (result != CUDA_SUCCESS)
    return result;
  if (device->luid_result != CUDA_SUCCESS)
    return device->luid_result;
  if (luid == NULL || deviceNodeMask == NULL)
    return CUDA_ERROR_INVALID_VALUE;
  memcpy(luid, device->luid, sizeof device->luid);
  *deviceNodeMask = device->luid_node_mask;
  return CUDA_SUCCESS;
}

CUresult CUDAAPI cuDeviceTotalMem_v2(size_t *bytes, CUdevice dev) {
  const struct gf_device *device;
  CUresult result = look_up(dev, &device);
  if (result != CUDA_SUCCESS)
    return result;
  if (bytes == NULL)
    return CUDA_ERROR_INVALID_VALUE;
  *bytes = device->total_bytes;
  return CUDA_SUCCESS;
}

CUresult CUDAAPI cuDeviceGetAttribute(int *pi, CUdevice_attribute attrib, CUdevice dev) {
  const struct gf_device *device;
  CUresult result = look_up(dev, &device);
  if (result != CUDA_SUCCESS)
    return result;
  if (pi == NULL || attrib <= 0 || (unsigned)attrib >= GF_ATTRIBUTE_COUNT ||
      device->attributes[attrib] == INT32_MIN)
    return CUDA_ERROR_INVALID_VALUE;
  // Registered memory is reached by kernels at another address than in the guest (heap/alias.h).
  *pi = attrib == CU_DEVICE_ATTRIBUTE_CAN_USE_HOST_POINTER_FOR_REGISTERED_MEM
            ? 0
            : device->attributes[attrib];
  return CUDA_SUCCESS;
}

CUresult CUDAAPI cuDeviceGetProperties(CUdevprop *prop, CUdevice dev) {
  const struct gf_device *device;
  CUresult result = look_up(dev, &device);
  if (result != CUDA_SUCCESS)
    return result;
  if (prop == NULL)
    return CUDA_ERROR_INVALID_VALUE;
  const int *a = device->attributes;
  prop->maxThreadsPerBlock = a[CU_DEVICE_ATTRIBUTE_MAX_THREADS_PER_BLOCK];
  prop->maxThreadsDim[0] = a[CU_DEVICE_ATTRIBUTE_MAX_BLOCK_DIM_X];
  prop->maxThreadsDim[1] = a[CU_DEVICE_ATTRIBUTE_MAX_BLOCK_DIM_Y];
  prop->maxThreadsDim[2] = a[CU_DEVICE_ATTRIBUTE_MAX_BLOCK_DIM_Z];
  prop->maxGridSize[0] = a[CU_DEVICE_ATTRIBUTE_MAX_GRID_DIM_X];
  prop->maxGridSize[1] = a[CU_DEVICE_ATTRIBUTE_MAX_GRID_DIM_Y];
  prop->maxGridSize[2] = a[CU_DEVICE_ATTRIBUTE_MAX_GRID_DIM_Z];
  prop->sharedMemPerBlock = a[CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_BLOCK];
  prop->totalConstantMemory = a[CU_DEVICE_ATTRIBUTE_TOTAL_CONSTANT_MEMORY];
  prop->SIMDWidth = a[CU_DEVICE_ATTRIBUTE_WARP_SIZE];
  prop->memPitch = a[CU_DEVICE_ATTRIBUTE_MAX_PITCH];
  prop->regsPerBlock = a[CU_DEVICE_ATTRIBUTE_MAX_REGISTERS_PER_BLOCK];
  prop->clockRate = a[CU_DEVICE_ATTRIBUTE_CLOCK_RATE];
  prop->textureAlign = a[CU_DEVICE_ATTRIBUTE_TEXTURE_ALIGNMENT];
  return CUDA_SUCCESS;
}

CUresult CUDAAPI cuDeviceComputeCapability(int *major, int *minor, CUdevice dev) {
  const struct gf_device *device;
  CUresult result = look_up(dev, &device);
  if (result != CUDA_SUCCESS)
    return result;
  if (major == NULL || minor == NULL)
    return CUDA_ERROR_INVALID_VALUE;
  *major = device->attributes[CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR];
  *minor = device->attributes[CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR];
  return CUDA_SUCCESS;
}

CUresult CUDAAPI cuDeviceGetPCIBusId(char *pciBusId, int len, CUdevice dev) {
  const struct gf_device *device;
  CUresult result = look_up(dev, &device);
  if (result != CUDA_SUCCESS)
    return result;
  if (pciBusId == NULL || len <= 0)
    return CUDA_ERROR_INVALID_VALUE;
  char text[32];
  int bytes = snprintf(text, sizeof text, "%04X:%02X:%02X.0",
                       (unsigned)device->attributes[CU_DEVICE_ATTRIBUTE_PCI_DOMAIN_ID],
                       (unsigned)device->attributes[CU_DEVICE_ATTRIBUTE_PCI_BUS_ID],
                       (unsigned)device->attributes[CU_DEVICE_ATTRIBUTE_PCI_DEVICE_ID]);
  if (bytes >= len)
    return CUDA_ERROR_INVALID_VALUE;
  memcpy(pciBusId, text, (size_t)bytes + 1);
  return CUDA_SUCCESS;
}

CUresult CUDAAPI cuDeviceGetByPCIBusId(CUdevice *dev, const char *pciBusId) {
  if (!gf_initialised())
    return CUDA_ERROR_NOT_INITIALIZED;
  if (dev == NULL || pciBusId == NULL)
    return CUDA_ERROR_INVALID_VALUE;
  unsigned domain = 0, bus = 0, slot = 0;
  if (sscanf(pciBusId, "%x:%x:%x", &domain, &bus, &slot) != 3) {
    domain = 0;
    if (sscanf(pciBusId, "%x:%x", &bus, &slot) != 2)
      return CUDA_ERROR_INVALID_VALUE;
  }
  for (CUdevice i = 0; i < gf_device_count(); i++) {
    const int *a = gf_device(i)->attributes;
    if ((unsigned)a[CU_DEVICE_ATTRIBUTE_PCI_DOMAIN_ID] == domain &&
        (unsigned)a[CU_DEVICE_ATTRIBUTE_PCI_BUS_ID] == bus &&
        (unsigned)a[CU_DEVICE_ATTRIBUTE_PCI_DEVICE_ID] == slot) {
      *dev = i;
      return CUDA_SUCCESS;
    }
  }
  return CUDA_ERROR_INVALID_DEVICE;
}
