// cuInit and what it learns about the devices.
#pragma once

#include "cuda_api.h"

/// Attributes are asked for up to this number; later ones are answered as the driver answers
/// unknown ones.
#define GF_ATTRIBUTE_COUNT 160u

struct gf_device {
  uint64_t total_bytes;
  CUuuid uuid;
  char luid[8];
  unsigned luid_node_mask;
  CUresult luid_result;
  char name[256];
  int attributes[GF_ATTRIBUTE_COUNT]; ///< INT32_MIN: the driver knows none of this number
};

/// cuInit has succeeded in this process; not in the one it was forked from.
int gf_initialised(void);

int gf_device_count(void);
int gf_driver_version(void);

/// The device's facts; NULL for an ordinal that is none.
const struct gf_device *gf_device(CUdevice device);
