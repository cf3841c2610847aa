// NVML's devices are those that CUDA shows this session, under the same numbers: what the server gave it, no more.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "cuda_api.h"
#include "nvml/nvml.h"

#define GF_NVML_MAX_DEVICES 64

/// Addresses are all that matters: a handle is one of these.
struct gf_nvml_device {
  char unused;
};
static struct gf_nvml_device g_devices[GF_NVML_MAX_DEVICES];

static int count_devices(void) {
  int count = 0;
  if (cuDeviceGetCount(&count) != CUDA_SUCCESS)
    return 0;
  return count < GF_NVML_MAX_DEVICES ? count : GF_NVML_MAX_DEVICES;
}

int gf_nvml_ordinal(nvmlDevice_t device) {
  if (device < g_devices || device >= g_devices + count_devices())
    return -1;
  return (int)(device - g_devices);
}

/// Every function of a device begins so.
#define GF_NVML_ENTER(device, out)                                                                 \
  const nvmlReturn_t ready = gf_nvml_ready();                                                      \
  if (ready != NVML_SUCCESS)                                                                       \
    return ready;                                                                                  \
  const int ordinal = gf_nvml_ordinal(device);                                                     \
  if (ordinal < 0 || (out) == NULL)                                                                \
  return NVML_ERROR_INVALID_ARGUMENT

static int attribute_of(int ordinal, CUdevice_attribute attribute) {
  int value = 0;
  cuDeviceGetAttribute(&value, attribute, ordinal);
  return value;
}

NVML_API nvmlReturn_t nvmlDeviceGetCount_v2(unsigned *count) {
  const nvmlReturn_t ready = gf_nvml_ready();
  if (ready != NVML_SUCCESS)
    return ready;
  if (count == NULL)
    return NVML_ERROR_INVALID_ARGUMENT;
  *count = (unsigned)count_devices();
  return NVML_SUCCESS;
}
NVML_API nvmlReturn_t nvmlDeviceGetCount(unsigned *count) { return nvmlDeviceGetCount_v2(count); }

NVML_API nvmlReturn_t nvmlDeviceGetHandleByIndex_v2(unsigned index, nvmlDevice_t *device) {
  const nvmlReturn_t ready = gf_nvml_ready();
  if (ready != NVML_SUCCESS)
    return ready;
  if (device == NULL || index >= (unsigned)count_devices())
    return NVML_ERROR_INVALID_ARGUMENT;
  *device = &g_devices[index];
  return NVML_SUCCESS;
}
NVML_API nvmlReturn_t nvmlDeviceGetHandleByIndex(unsigned index, nvmlDevice_t *device) {
  return nvmlDeviceGetHandleByIndex_v2(index, device);
}

NVML_API nvmlReturn_t nvmlDeviceGetIndex(nvmlDevice_t device, unsigned *index) {
  GF_NVML_ENTER(device, index);
  *index = (unsigned)ordinal;
  return NVML_SUCCESS;
}

NVML_API nvmlReturn_t nvmlDeviceGetName(nvmlDevice_t device, char *name, unsigned length_bytes) {
  GF_NVML_ENTER(device, name);
  char whole[256] = "";
  if (cuDeviceGetName(whole, sizeof whole, ordinal) != CUDA_SUCCESS)
    return NVML_ERROR_UNKNOWN;
  if (strlen(whole) >= length_bytes)
    return NVML_ERROR_INSUFFICIENT_SIZE;
  strcpy(name, whole);
  return NVML_SUCCESS;
}

#define GF_NVML_UUID_BYTES sizeof("GPU-00000000-0000-0000-0000-000000000000")

static int format_uuid(int ordinal, char text[GF_NVML_UUID_BYTES]) {
  CUuuid uuid;
  char name[256] = "";
  if (cuDeviceGetUuid_v2(&uuid, ordinal) != CUDA_SUCCESS)
    return -1;
  cuDeviceGetName(name, sizeof name, ordinal);
  // Nothing but its name tells a part of a GPU from a GPU.
  char *next = text + sprintf(text, strstr(name, " MIG ") != NULL ? "MIG-" : "GPU-");
  for (int i = 0; i < 16; i++) {
    const int dash = i == 4 || i == 6 || i == 8 || i == 10;
    next += sprintf(next, dash ? "-%02x" : "%02x", (unsigned char)uuid.bytes[i]);
  }
  return 0;
}

NVML_API nvmlReturn_t nvmlDeviceGetUUID(nvmlDevice_t device, char *uuid, unsigned length_bytes) {
  GF_NVML_ENTER(device, uuid);
  if (length_bytes < GF_NVML_UUID_BYTES)
    return NVML_ERROR_INSUFFICIENT_SIZE;
  return format_uuid(ordinal, uuid) == 0 ? NVML_SUCCESS : NVML_ERROR_UNKNOWN;
}

NVML_API nvmlReturn_t nvmlDeviceGetHandleByUUID(const char *uuid, nvmlDevice_t *device) {
  const nvmlReturn_t ready = gf_nvml_ready();
  if (ready != NVML_SUCCESS)
    return ready;
  if (uuid == NULL || device == NULL)
    return NVML_ERROR_INVALID_ARGUMENT;
  for (int ordinal = 0; ordinal < count_devices(); ordinal++) {
    char own[GF_NVML_UUID_BYTES];
    if (format_uuid(ordinal, own) == 0 && strcasecmp(own, uuid) == 0) {
      *device = &g_devices[ordinal];
      return NVML_SUCCESS;
    }
  }
  return NVML_ERROR_NOT_FOUND;
}

NVML_API nvmlReturn_t nvmlDeviceGetPciInfo_v3(nvmlDevice_t device, nvmlPciInfo_t *pci) {
  GF_NVML_ENTER(device, pci);
  *pci =
      (nvmlPciInfo_t){.domain = (unsigned)attribute_of(ordinal, CU_DEVICE_ATTRIBUTE_PCI_DOMAIN_ID),
                      .bus = (unsigned)attribute_of(ordinal, CU_DEVICE_ATTRIBUTE_PCI_BUS_ID),
                      .device = (unsigned)attribute_of(ordinal, CU_DEVICE_ATTRIBUTE_PCI_DEVICE_ID)};
  snprintf(pci->busIdLegacy, sizeof pci->busIdLegacy, "%04X:%02X:%02X.0", pci->domain & 0xffff,
           pci->bus & 0xff, pci->device & 0xff);
  snprintf(pci->busId, sizeof pci->busId, "%08X:%02X:%02X.0", pci->domain, pci->bus & 0xff,
           pci->device & 0xff);
  return NVML_SUCCESS;
}
NVML_API nvmlReturn_t nvmlDeviceGetPciInfo_v2(nvmlDevice_t device, nvmlPciInfo_t *pci) {
  return nvmlDeviceGetPciInfo_v3(device, pci);
}

NVML_API nvmlReturn_t nvmlDeviceGetHandleByPciBusId_v2(const char *bus_id, nvmlDevice_t *device) {
  const nvmlReturn_t ready = gf_nvml_ready();
  if (ready != NVML_SUCCESS)
    return ready;
  unsigned domain, bus, slot;
  if (bus_id == NULL || device == NULL || sscanf(bus_id, "%x:%x:%x", &domain, &bus, &slot) != 3)
    return NVML_ERROR_INVALID_ARGUMENT;
  for (int ordinal = 0; ordinal < count_devices(); ordinal++) {
    nvmlPciInfo_t pci;
    if (nvmlDeviceGetPciInfo_v3(&g_devices[ordinal], &pci) == NVML_SUCCESS &&
        pci.domain == domain && pci.bus == bus && pci.device == slot) {
      *device = &g_devices[ordinal];
      return NVML_SUCCESS;
    }
  }
  return NVML_ERROR_NOT_FOUND;
}
NVML_API nvmlReturn_t nvmlDeviceGetHandleByPciBusId(const char *bus_id, nvmlDevice_t *device) {
  return nvmlDeviceGetHandleByPciBusId_v2(bus_id, device);
}

NVML_API nvmlReturn_t nvmlDeviceGetCudaComputeCapability(nvmlDevice_t device, int *major,
                                                         int *minor) {
  GF_NVML_ENTER(device, major);
  if (minor == NULL)
    return NVML_ERROR_INVALID_ARGUMENT;
  *major = attribute_of(ordinal, CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR);
  *minor = attribute_of(ordinal, CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR);
  return NVML_SUCCESS;
}

NVML_API nvmlReturn_t nvmlDeviceGetComputeMode(nvmlDevice_t device, int *mode) {
  GF_NVML_ENTER(device, mode);
  *mode = attribute_of(ordinal, CU_DEVICE_ATTRIBUTE_COMPUTE_MODE);
  return NVML_SUCCESS;
}
