// Initialisation, version, devices.
#include "../entry.h"

#include <cstdio>
#include <cstring>

using namespace softcuda;

GF_API cuInit(unsigned int flags) {
  GF_REQUIRE(flags == 0);
  return Process::instance().init();
}

GF_API cuDriverGetVersion(int *version) {
  GF_REQUIRE(version);
  *version = kDriverVersion;
  return CUDA_SUCCESS;
}

GF_API cuDeviceGetCount(int *count) {
  GF_TRY(enter());
  GF_REQUIRE(count);
  *count = static_cast<int>(Process::instance().devices().size());
  return CUDA_SUCCESS;
}

GF_API cuDeviceGet(CUdevice *device, int ordinal) {
  GF_TRY(enter());
  GF_REQUIRE(device);
  if (!Process::instance().device(ordinal))
    return CUDA_ERROR_INVALID_DEVICE;
  *device = ordinal;
  return CUDA_SUCCESS;
}

GF_API cuDeviceGetName(char *name, int len, CUdevice dev) {
  Device *device;
  GF_TRY(enter(dev, &device));
  GF_REQUIRE(name && len > 0);
  snprintf(name, static_cast<size_t>(len), "%s", device->name().c_str());
  return CUDA_SUCCESS;
}

GF_API cuDeviceGetUuid_v2(CUuuid *uuid, CUdevice dev) {
  Device *device;
  GF_TRY(enter(dev, &device));
  GF_REQUIRE(uuid);
  *uuid = device->uuid();
  return CUDA_SUCCESS;
}

GF_API cuDeviceGetUuid(CUuuid *uuid, CUdevice dev) { return cuDeviceGetUuid_v2(uuid, dev); }

GF_API cuDeviceTotalMem_v2(size_t *bytes, CUdevice dev) {
  Device *device;
  GF_TRY(enter(dev, &device));
  GF_REQUIRE(bytes);
  *bytes = device->arena().limit_bytes();
  return CUDA_SUCCESS;
}

GF_API cuDeviceGetAttribute(int *value, CUdevice_attribute which, CUdevice dev) {
  Device *device;
  GF_TRY(enter(dev, &device));
  GF_REQUIRE(value);
  return device->attribute(which, value);
}

GF_API cuDeviceComputeCapability(int *major, int *minor, CUdevice dev) {
  Device *device;
  GF_TRY(enter(dev, &device));
  GF_REQUIRE(major && minor);
  *major = Device::kMajor;
  *minor = Device::kMinor;
  return CUDA_SUCCESS;
}

GF_API cuDeviceGetProperties(CUdevprop *properties, CUdevice dev) {
  Device *device;
  GF_TRY(enter(dev, &device));
  GF_REQUIRE(properties);
  auto get = [device](CUdevice_attribute which) {
    int value = 0;
    device->attribute(which, &value);
    return value;
  };
  *properties = {};
  properties->maxThreadsPerBlock = get(CU_DEVICE_ATTRIBUTE_MAX_THREADS_PER_BLOCK);
  for (int i = 0; i < 3; i++) {
    properties->maxThreadsDim[i] =
        get(static_cast<CUdevice_attribute>(CU_DEVICE_ATTRIBUTE_MAX_BLOCK_DIM_X + i));
    properties->maxGridSize[i] =
        get(static_cast<CUdevice_attribute>(CU_DEVICE_ATTRIBUTE_MAX_GRID_DIM_X + i));
  }
  properties->sharedMemPerBlock = get(CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_BLOCK);
  properties->totalConstantMemory = get(CU_DEVICE_ATTRIBUTE_TOTAL_CONSTANT_MEMORY);
  properties->SIMDWidth = get(CU_DEVICE_ATTRIBUTE_WARP_SIZE);
  properties->memPitch = get(CU_DEVICE_ATTRIBUTE_MAX_PITCH);
  properties->regsPerBlock = get(CU_DEVICE_ATTRIBUTE_MAX_REGISTERS_PER_BLOCK);
  properties->clockRate = get(CU_DEVICE_ATTRIBUTE_CLOCK_RATE);
  properties->textureAlign = get(CU_DEVICE_ATTRIBUTE_TEXTURE_ALIGNMENT);
  return CUDA_SUCCESS;
}

// Windows has such identifiers; elsewhere the driver says so of every device.
GF_API cuDeviceGetLuid(char *, unsigned int *, CUdevice dev) {
  Device *device;
  GF_TRY(enter(dev, &device));
  return CUDA_ERROR_NOT_SUPPORTED;
}

GF_API cuDeviceGetPCIBusId(char *text, int len, CUdevice dev) {
  Device *device;
  GF_TRY(enter(dev, &device));
  GF_REQUIRE(text);
  char id[32];
  int written = snprintf(id, sizeof id, "%04X:%02X:%02X.0", 0, device->pci_bus(), 0);
  GF_REQUIRE(len > written);
  memcpy(text, id, static_cast<size_t>(written) + 1);
  return CUDA_SUCCESS;
}

GF_API cuDeviceGetByPCIBusId(CUdevice *dev, const char *text) {
  GF_TRY(enter());
  GF_REQUIRE(dev && text);
  unsigned domain = 0, bus = 0, slot = 0;
  if (sscanf(text, "%x:%x:%x", &domain, &bus, &slot) != 3) {
    domain = 0;
    if (sscanf(text, "%x:%x", &bus, &slot) != 2)
      return CUDA_ERROR_INVALID_VALUE;
  }
  for (auto &device : Process::instance().devices()) {
    if (domain == 0 && slot == 0 && bus == device->pci_bus()) {
      *dev = device->ordinal();
      return CUDA_SUCCESS;
    }
  }
  return CUDA_ERROR_INVALID_DEVICE;
}

GF_API cuDeviceGetTexture1DLinearMaxWidth(size_t *elements, CUarray_format, unsigned channels,
                                          CUdevice dev) {
  Device *device;
  GF_TRY(enter(dev, &device));
  GF_REQUIRE(elements && (channels == 1 || channels == 2 || channels == 4));
  int width;
  device->attribute(CU_DEVICE_ATTRIBUTE_MAXIMUM_TEXTURE1D_LINEAR_WIDTH, &width);
  *elements = static_cast<size_t>(width);
  return CUDA_SUCCESS;
}

GF_API cuDeviceGetExecAffinitySupport(int *supported, CUexecAffinityType, CUdevice dev) {
  Device *device;
  GF_TRY(enter(dev, &device));
  GF_REQUIRE(supported);
  *supported = 0;
  return CUDA_SUCCESS;
}

// Between software devices and the host every operation is an atomic of the CPU.
GF_API cuDeviceGetHostAtomicCapabilities(unsigned int *capabilities,
                                         const CUatomicOperation *operations, unsigned int count,
                                         CUdevice dev) {
  Device *device;
  GF_TRY(enter(dev, &device));
  GF_REQUIRE(capabilities && operations && count);
  for (unsigned i = 0; i < count; i++)
    capabilities[i] = CU_ATOMIC_CAPABILITY_SIGNED | CU_ATOMIC_CAPABILITY_UNSIGNED |
                      CU_ATOMIC_CAPABILITY_SCALAR_32 | CU_ATOMIC_CAPABILITY_SCALAR_64;
  return CUDA_SUCCESS;
}

GF_API cuDeviceGetP2PAtomicCapabilities(unsigned int *capabilities,
                                        const CUatomicOperation *operations, unsigned int count,
                                        CUdevice from, CUdevice to) {
  Device *other;
  GF_TRY(enter(to, &other));
  GF_TRY(cuDeviceGetHostAtomicCapabilities(capabilities, operations, count, from));
  return cuDeviceGetHostAtomicCapabilities(capabilities, operations, count, to);
}
